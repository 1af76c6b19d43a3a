//! The optimizer of a stage.

use super::name::Tree;
use fascicle_lang::graph::ModuleId;
use fascicle_lang::program::{Optimizer, Stage};

/// A method that makes the optimizer of what a stage trains.
pub(super) fn method(name: &str, stage: &Stage, tree: &Tree) -> String {
    let moves = |module: &ModuleId| stage.trainable.contains(module);
    let all: Vec<ModuleId> = tree.modules().collect();
    let parameters = match all.iter().all(moves) {
        true => "self.parameters()".to_owned(),
        false => {
            let own =
                all.iter().copied().filter(moves).map(|module| format!("*{}.parameters()", tree.attribute(module)));
            format!("[{}]", own.collect::<Vec<_>>().join(", "))
        }
    };
    let adam = |lr: f64, betas: (f64, f64), eps: f64, weight_decay: f64| {
        format!("lr={lr:?}, betas={betas:?}, eps={eps:?}, weight_decay={weight_decay:?}")
    };
    let (class, settings) = match stage.optimizer {
        Optimizer::Adam { lr, betas, eps, weight_decay } => ("Adam", adam(lr, betas, eps, weight_decay)),
        Optimizer::AdamW { lr, betas, eps, weight_decay } => ("AdamW", adam(lr, betas, eps, weight_decay)),
        Optimizer::RAdam { lr, betas, eps, weight_decay } => ("RAdam", adam(lr, betas, eps, weight_decay)),
        Optimizer::Sgd { lr, momentum, nesterov, weight_decay } => {
            let nesterov = if nesterov { "True" } else { "False" };
            ("SGD", format!("lr={lr:?}, momentum={momentum:?}, nesterov={nesterov}, weight_decay={weight_decay:?}"))
        }
    };
    format!(
        "    def {name}(self):\n        \"\"\"The optimizer of the stage `{}`; batches of {}, {} epochs.\"\"\"\n        return \
         torch.optim.{class}({parameters}, {settings})\n",
        stage.name, stage.batch, stage.epochs
    )
}
