//! Names that PyTorch, Keras, MONAI and scikit-learn give to what the language calls otherwise.
//!
//! In comes a name that nobody declared, an argument that a function does not have or a clause that does not exist, with
//! the names that could stand there; out goes the hint of the error. One table, [`names`], serves all of them: of an
//! entry's names here the first counts that can stand at the place. What has no name here has a sentence in [`SAYINGS`].

mod names;
#[cfg(test)]
mod tests;

use fascicle_syntax::near;
use names::NAMES;

/// What to do about a name that is not known.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Suggestion {
    /// In words.
    pub words: String,
    /// As an edit of the place where the name stands.
    pub repair: Option<Repair>,
}

/// What a place should read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Repair {
    /// Another name.
    Write {
        /// It.
        name: String,
        /// Whether nothing else can have been meant.
        is_certain: bool,
    },
    /// Another name, and one more argument of its call.
    Call {
        /// It.
        name: String,
        /// The argument.
        argument: String,
    },
    /// Nothing: the argument is left out.
    LeaveOut,
}

impl Repair {
    fn write(name: &str, is_certain: bool) -> Option<Self> {
        if let Some((name, argument)) = name.split_once("(.., ") {
            let argument = argument.trim_end_matches(')').to_string();
            return Some(Self::Call { name: name.to_string(), argument });
        }
        // `kfold(..)` is a name, `stop early(..)` is more than that.
        let name = name.strip_suffix("(..)").unwrap_or(name);
        let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_name.then(|| Self::Write { name: name.to_string(), is_certain })
    }
}

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In an expression.
    Value,
    /// Before the colon of an argument.
    Argument,
    /// At the head of a clause.
    Clause,
}

/// What is said of names that need none here.
const SAYINGS: &[(&[&str], Place, &str)] = &[
    (
        &["Sequential", "ModuleList", "Compose"],
        Place::Value,
        "layers stand one behind the other: `x |> Conv3d(8) |> relu`",
    ),
    (
        &["self"],
        Place::Value,
        "a block has no `self`: its layers are made where they are applied, its values named by `let`",
    ),
    (
        &["Identity", "Lambda"],
        Place::Value,
        "a layer that does nothing is left out; a function of your own is a `block`",
    ),
    (&["Module"], Place::Value, "a piece of a network is declared with `block`, a network with `model`"),
    (&["None", "null"], Place::Value, "there is no such value: what is not given is left out"),
    (&["range", "xrange", "arange"], Place::Value, "a range is written `0..5`"),
    (&["True"], Place::Value, "write `true`"),
    (&["False"], Place::Value, "write `false`"),
    (&["val_loss", "validation_loss"], Place::Value, "the loss on the validation subjects is `loss`: `keep best loss`"),
    (&["leave_one_out", "LeaveOneOut"], Place::Value, "make as many folds as there are subjects: `kfold(40)` of 40"),
    (
        &["fillna", "dropna", "SimpleImputer", "IterativeImputer", "impute"],
        Place::Value,
        "missing cells are an argument of all columns: `columns(age, sex |> onehot, missing: mean)`",
    ),
    (&["print"], Place::Value, "nothing is printed: `fascicle check` lists every layer with its shape"),
    (&["lambda", "def"], Place::Value, "a function of tensors is declared with `block`, one of losses with `loss`"),
    (&["return"], Place::Value, "a body's last expression is its value: leave out `return`"),
    (&["Softmax2d"], Place::Value, "along which axis is an argument: `softmax(axis: 0)`"),
    (&["SiLU", "Swish"], Place::Value, "write it out: `x * sigmoid(x)`"),
    (&["NLLLoss"], Place::Value, "`cross_entropy` takes logits and makes log-probabilities of them itself"),
    (
        &["no_grad"],
        Place::Value,
        "a value through which nothing is learned is `stop_gradient(x)`; a module, `freeze` in its stage",
    ),
    (
        &["LSTM", "GRU", "RNN", "MultiheadAttention", "MultiHeadAttention", "Transformer", "TransformerEncoder"],
        Place::Value,
        "there is no such layer: a sequence is convolved by `Conv1d`, attention put together from `matmul` and `softmax`",
    ),
    (
        &[
            "in_channels",
            "in_features",
            "in_planes",
            "input_dim",
            "input_shape",
            "input_size",
            "num_features",
            "normalized_shape",
            "num_embeddings",
            "num_channels",
            "num_parameters",
        ],
        Place::Argument,
        "it is known from what comes in: leave it out",
    ),
    (&["activation", "act"], Place::Argument, "a function of each element stands behind the layer: `|> relu`"),
    (&["reduction"], Place::Argument, "a loss is one number for the batch already: leave it out"),
    (&["inplace"], Place::Argument, "nothing is changed in place: leave it out"),
    (&["name"], Place::Argument, "a layer is named after where it stands, a value by `let`: leave it out"),
    (&["shuffle"], Place::Argument, "subjects are always shuffled: leave it out"),
    (&["data_format"], Place::Argument, "channels always come first: leave it out"),
    (&["trainable", "requires_grad"], Place::Argument, "what stays as it is is named by the stage: `freeze m.Conv3d`"),
    (&["track_running_stats"], Place::Argument, "running statistics are always kept: leave it out"),
    (&["beta_1", "beta1", "beta_2", "beta2"], Place::Argument, "both decays stand together: `betas: [0.9, 0.999]`"),
    (&["lr", "learning_rate"], Place::Clause, "the learning rate is the optimiser's: `optimizer Adam(lr: 1e-3)`"),
    (&["weight_decay"], Place::Clause, "it is the optimiser's: `optimizer AdamW(weight_decay: 1e-2)`"),
    (&["patience"], Place::Clause, "it belongs to `stop early(patience: 10)`"),
    (
        &["callbacks"],
        Place::Clause,
        "there are clauses for them: `stop early(patience: 10)`, `keep best`, `schedule Plateau()`",
    ),
    (&["metrics", "metric"], Place::Clause, "metrics are asked outside of the stage: `score m: auc`"),
    (
        &["device", "num_workers", "gpus", "accelerator"],
        Place::Clause,
        "it is chosen where the file is run: `fascicle run --device`",
    ),
    (&["shuffle"], Place::Clause, "subjects are always shuffled: leave it out"),
    (&["seed"], Place::Clause, "the seed is the protocol's: `protocol cv = kfold(5, seed: 1)`"),
    (
        &["validation", "validation_data", "val"],
        Place::Clause,
        "who validates is the protocol's: `kfold(5, validation: 0.1)`",
    ),
    (&["dropout"], Place::Clause, "it is a layer of the model: `|> Dropout(0.5)`"),
];

/// Modules that other frameworks are imported as.
const PACKAGES: &[&str] = &[
    "nn",
    "torch",
    "F",
    "tf",
    "keras",
    "tensorflow",
    "layers",
    "np",
    "numpy",
    "jnp",
    "jax",
    "monai",
    "sklearn",
    "pd",
    "scipy",
    "optim",
    "torchmetrics",
    "K",
    "tio",
    "nib",
];

/// Whether a word is what another framework is imported as.
pub(super) fn is_package(word: &str) -> bool {
    PACKAGES.contains(&word)
}

/// A name without capitals, `_` and what it is qualified by.
fn plain(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}

/// The name that an entry begins with: `kfold(..)` is `kfold`, `stop early(..)` is `stop`.
pub(super) fn target(here: &str) -> &str {
    here.split(['(', ' ']).next().unwrap_or(here)
}

/// What the name is called here, if one of those that can stand there: `Linear` for `Dense`.
pub(super) fn called(name: &str, known: &[&str]) -> Option<&'static str> {
    let name = plain(name);
    let rows = NAMES.iter().filter(|(theirs, _)| theirs.iter().any(|t| plain(t) == name));
    rows.flat_map(|(_, here)| *here).find(|here| known.contains(&target(here))).copied()
}

/// What to do about a name that nothing has, of those that there are.
pub fn suggestion(name: &str, known: &[&str]) -> Option<String> {
    suggest(name, known, Place::Value).map(|suggestion| suggestion.words)
}

/// What to do about a name that is not known, of those that are: its name here where another framework has it, the nearest,
/// or what there is instead.
pub(super) fn suggest(name: &str, known: &[&str], place: Place) -> Option<Suggestion> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let same = |k: &&str| plain(k) == plain(last);
    let meant = |(near, is_certain): (&str, bool)| Suggestion {
        words: format!("did you mean `{near}`?"),
        repair: Repair::write(near, is_certain),
    };
    if name == last && known.iter().any(same) {
        return near(name, known).map(meant);
    }
    if let Some(here) = known.iter().find(|k| same(k)).copied().or_else(|| called(last, known)) {
        let repair = Repair::write(here, true);
        return Some(Suggestion { words: format!("`{name}` is called `{here}` here"), repair });
    }
    let said = SAYINGS.iter().find(|(theirs, at, _)| *at == place && theirs.iter().any(|t| plain(t) == plain(last)));
    let saying = |saying: &str| Suggestion { words: saying.to_string(), repair: instead(saying) };
    match (near(name, known), said) {
        (_, Some((theirs, _, words))) if theirs.contains(&last) => Some(saying(words)),
        (Some(near), _) => Some(meant(near)),
        (None, said) => said.map(|(_, _, words)| saying(words)),
    }
}

/// The edit that a saying asks for, where it is one: "write `true`", "..: leave it out".
fn instead(saying: &str) -> Option<Repair> {
    if saying.ends_with("leave it out") {
        return Some(Repair::LeaveOut);
    }
    let (_, rest) = saying.split_once("write `").or_else(|| saying.split_once("validation subjects is `"))?;
    Repair::write(rest.split_once('`')?.0, true)
}
