//! `fool(Critic(), family)`: an adversarial term and the critic's own loss (law 7).
//!
//! The critic tells the members of a family apart, one logit a member. The stage minimises the cross entropy between
//! what it says and the uniform distribution (Tzeng et al. 2015, eq. 4): at its least where nothing can be told. The
//! critic minimises, in steps of its own, the cross entropy of the member it was shown. Neither moves the other.

use super::{Code, Diagnostic, Eval, Evaluator, Spanned};
use crate::compile::declare::optimizer;
use crate::compile::reader::Reader;
use crate::compile::repair;
use crate::compile::value::{InstanceId, Value};
use crate::graph::{Binary, NodeId, Op, Reduction, TensorType};
use crate::program::Optimizer;
use fascicle_syntax::{Argument, Span};

/// A critic of the stage that is being compiled.
#[derive(Debug, Clone)]
pub(in crate::compile) struct Critic {
    /// Where its modules stand: `train parts.AnatomyCritic`.
    pub path: String,
    /// Its name in the learning curves.
    pub name: String,
    /// What the stage minimises: alive only where the term's weight is not 0.
    pub term: NodeId,
    /// What the critic minimises.
    pub loss: NodeId,
    /// How it moves, where it does not move as the stage does.
    pub optimizer: Option<Optimizer>,
}

impl Evaluator<'_> {
    /// The critics of a stage's `minimize`, made while `work` evaluates it.
    pub fn with_critics<T>(&mut self, work: impl FnOnce(&mut Self) -> Eval<T>) -> Eval<(T, Vec<Critic>)> {
        let around = self.critics.replace(Vec::new());
        let result = work(self);
        let made = std::mem::replace(&mut self.critics, around);
        Ok((result?, made.unwrap_or_default()))
    }

    /// `fool(Critic(), family, optimizer: Adam(lr: 1e-4))`.
    pub(super) fn fool(&mut self, piped: Option<Spanned>, arguments: &[Argument], span: Span) -> Eval<Value> {
        if self.critics.is_none() {
            return self.fail(
                Diagnostic::error(Code::KindMismatch, span, "`fool` trains a critic, and only a stage trains")
                    .hint("write it into `minimize`: train m { minimize .. + fool(Critic(), m.s) }"),
            );
        }
        let mut reader = Reader::new("fool", arguments, span);
        let optimizer = match reader.named("optimizer") {
            Some(expr) => Some(optimizer(self, expr)?),
            None => None,
        };
        let Some(critic) = reader.positional("critic") else {
            return reader.missing(self, "critic", "write fool(Critic(), m.s)");
        };
        let instance = match self.eval(critic)? {
            Value::Module(instance) => instance,
            Value::Block(_) => {
                let name = self.sources.text(critic.span).to_string();
                return self.fail(
                    Diagnostic::error(
                        Code::NotApplied,
                        critic.span,
                        format!("`{name}` makes a module only when called"),
                    )
                    .hint(format!("write fool({name}(..), ..)")),
                );
            }
            other => return self.expected("a module that tells the members apart", &other, critic.span),
        };
        let of = match (piped, reader.positional("of")) {
            (Some(piped), None) => piped,
            (None, Some(of)) => (self.eval(of)?, of.span),
            _ => return reader.missing(self, "of", "a family: fool(Critic(), m.s)"),
        };
        reader.finish(self)?;
        let mut members = Vec::new();
        self.spread(&of.0, of.1, &mut members);
        if members.len() < 2 {
            return self.fail(
                Diagnostic::error(Code::KindMismatch, of.1, "there is nothing to tell apart: `fool` reads a family")
                    .hint("give it a family of at least two members, such as `m.s`"),
            );
        }
        let (term, loss) = self.played(instance, &members, critic.span, span)?;
        let path = self.instances[instance.0].path.clone();
        let name = self.sources.text(critic.span).split('(').next().unwrap_or("critic").to_string();
        if let Some(critics) = &mut self.critics {
            critics.push(Critic { path, name, term, loss, optimizer });
        }
        Ok(Value::Tensor(term))
    }

    /// What the stage and what the critic minimises: means over the members.
    fn played(&mut self, critic: InstanceId, members: &[Spanned], place: Span, span: Span) -> Eval<(NodeId, NodeId)> {
        let count = members.len();
        let (mut fooled, mut caught) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (position, (value, at)) in members.iter().enumerate() {
            let member = self.tensor(value, *at)?;
            let ty = self.ty(member).clone();
            // The critic learns to tell the members apart as they are: what made them learns nothing from it.
            let still = self.node(Op::StopGradient, vec![member], None, ty, 0, *at)?;
            let told = self.log_probabilities(critic, member, count, place, span)?;
            fooled.push(self.reduced(
                Op::Reduce { reduction: Reduction::Mean, axes: vec![0], keep: false },
                told,
                span,
            )?);
            let told = self.log_probabilities(critic, still, count, place, span)?;
            let own = Op::Slice { axis: 0, start: position, end: position + 1, step: 1 };
            let presence = self.ty(told).presence.clone();
            let own = self.node(own, vec![told], None, TensorType::tensor([1]).held_by(presence), 0, span)?;
            caught.push(self.reduced(
                Op::Reduce { reduction: Reduction::Sum, axes: vec![0], keep: false },
                own,
                span,
            )?);
        }
        Ok((self.minus_mean(&fooled, span)?, self.minus_mean(&caught, span)?))
    }

    /// What the critic says of a value: the logarithm of each member's probability.
    fn log_probabilities(
        &mut self,
        critic: InstanceId,
        value: NodeId,
        count: usize,
        place: Span,
        span: Span,
    ) -> Eval<NodeId> {
        let said = self.apply_value(Value::Module(critic), place, vec![(Value::Tensor(value), span)], span)?;
        let said = self.tensor(&said, span)?;
        let ty = self.ty(said).clone();
        let found = ty.clone().held_by(crate::graph::Presence::new());
        if ty.shape != [count] || ty.kind != crate::graph::Kind::Tensor {
            return self.fail(
                Diagnostic::error(
                    Code::TargetShape,
                    place,
                    format!("the critic tells {count} members apart and gives {found}: [{count}] is needed"),
                )
                .also(self.origin(said), format!("this is {found}"))
                .hint(format!("end the critic with `Linear({count})`: one logit a member, no softmax"))
                .repairs(
                    (self.origin(said).source == Default::default())
                        .then(|| repair::ending(self.sources, self.origin(said), count)),
                ),
            );
        }
        self.node(Op::Softmax { axis: 0, log: true }, vec![said], None, ty, 0, span)
    }

    /// A reduction of a vector to one number a subject, and its mean over those who have it.
    fn reduced(&mut self, op: Op, of: NodeId, span: Span) -> Eval<NodeId> {
        let presence = self.ty(of).presence.clone();
        let number = self.node(op, vec![of], None, TensorType::tensor([]).held_by(presence), 0, span)?;
        self.batch_mean(number, span)
    }

    fn minus_mean(&mut self, numbers: &[NodeId], span: Span) -> Eval<NodeId> {
        let mut total = numbers[0];
        for number in &numbers[1..] {
            total = self.node(Op::Binary(Binary::Add), vec![total, *number], None, TensorType::scalar(), 0, span)?;
        }
        let scale = Op::Scalar { op: Binary::Multiply, value: -1.0 / numbers.len() as f64, reversed: false };
        self.node(scale, vec![total], None, TensorType::scalar(), 0, span)
    }
}
