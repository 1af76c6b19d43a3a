"""A Pygments lexer for fascicle experiments (`.fx`), so that papers and notebooks can show them."""

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

__all__ = ["FascicleLexer"]

# words: declaration
DECLARATIONS = (
    "analysis", "baseline", "block", "cohort", "compare", "condition", "ensemble", "extends", "group", "loss",
    "modality", "model", "param", "protocol", "score", "search", "sweep", "target", "train", "use",
)
# words: end
# words: control
CONTROL = (
    "and", "else", "fold", "for", "if", "in", "let", "match", "not", "or", "output", "scan",
)
# words: end
# words: link
LINKS = (
    "against", "as", "by", "from", "of", "on", "over", "vs", "with", "without",
)
# words: end
# words: type
TYPES = (
    "bool", "class", "image", "int", "list", "mask", "normal", "one_of", "real", "slices", "tensor", "text",
    "vector", "volume",
)
# words: end
# words: function
FUNCTIONS = (
    "abs", "absent", "absolute_error", "accuracy", "adaptive_avg_pool", "adaptive_max_pool", "add", "adjacent",
    "affine", "affinity_propagation", "auc", "average_precision", "avg_pool1d", "avg_pool2d", "avg_pool3d",
    "balanced", "balanced_accuracy", "batch_mean", "bias_field", "bids", "binary_cross_entropy", "bins",
    "blur", "brier", "calibration_error", "cca", "clamp", "cnr", "column", "columns", "combat", "concat",
    "concordance", "confusion", "constant", "conv1d", "conv2d", "conv3d", "correlation", "cox_loss", "crop",
    "cross_entropy", "decision_tree", "describe", "dice", "dice_loss", "divide", "each", "early", "elastic",
    "elastic_net", "elu", "exp", "f1", "factor_analysis", "fenchel_dual", "flatten", "flip", "fool",
    "frequency", "gamma", "gaussian_nll", "gelu", "given", "global_avg_pool", "global_max_pool", "hausdorff",
    "histogram_standardize", "holdout", "huber", "info_nce", "interpolate", "iou", "is_zero", "iterative",
    "kfold", "kl", "kruskal_wallis", "l1", "labels", "layer_entropy", "leaky_relu", "leave_out", "length",
    "lesion_f1", "linear_probe", "log", "log_density", "log_mean_exp", "log_softmax", "log_sum_exp",
    "log_var_of", "logistic", "logistic_probe", "mae", "mann_whitney", "margin", "matmul", "max", "max_pool1d",
    "max_pool2d", "max_pool3d", "maximum", "mean", "mean_of", "median", "min", "minimum", "minmax", "moe",
    "mopoe", "mse", "multiply", "nearest", "negate", "noise", "norm_diff", "normative_deviation", "one_hot",
    "one_sample_t", "onehot", "overlap", "pad", "paint", "pearson", "permutation", "permute", "phantom", "poe",
    "position", "power", "probabilities", "psnr", "quantiles", "r2", "random", "random_forest", "random_place",
    "recall", "reduce_max", "reduce_mean", "reduce_min", "reduce_sum", "relu", "resample", "rescale",
    "reshape", "reshape_as", "residualize", "residuals", "resize", "retrieval", "reverse", "ridge", "rmse",
    "rotate", "scale", "shift", "shuffled", "sigmoid", "similarity", "size", "skill", "slice", "smooth",
    "smooth_grad", "softmax", "softplus", "spearman", "sqrt", "square", "squared_error", "squeeze", "ssim",
    "stack", "standardize", "stop_gradient", "subtract", "sum", "supervised_contrastive", "surface_dice",
    "surface_distance", "svm", "swap", "table", "tanh", "tpe", "tsne", "two_sample_t", "unsqueeze", "upsample",
    "variance", "views", "volume_similarity", "white_stripe", "zoom", "zscore",
)
# words: end
# words: clause
CLAUSES = (
    "accumulate", "augment", "batch", "choose", "clip", "compare", "complete", "epochs", "freeze", "init",
    "join", "keep", "memory", "minimize", "optimizer", "pair", "patches", "precision", "prune", "rename",
    "sample", "sampler", "schedule", "seed", "stop", "subject", "take", "trials", "within",
)
# words: end
# words: constant
CONSTANTS = (
    "false", "prior", "true",
)
# words: end

NAME = r"[A-Za-z_][A-Za-z0-9_]*"


class FascicleLexer(RegexLexer):
    """Experiments of fascicle."""

    name = "fascicle"
    aliases = ["fascicle", "fx"]
    filenames = ["*.fx"]
    mimetypes = ["text/x-fascicle"]

    tokens = {
        "root": [
            (r"///[^\n]*", String.Doc),
            (r"//[^\n]*", Comment.Single),
            (r"^(\s*)(%s)\b(?![ \t]*[:(.])" % "|".join(CLAUSES or ("(?!)",)), bygroups(Whitespace, Keyword.Pseudo)),
            (
                r"^(%s)([ \t]+)(%s)" % ("|".join(DECLARATIONS or ("(?!)",)), NAME),
                bygroups(Keyword.Declaration, Whitespace, Name.Function),
            ),
            (r"^(%s)\b" % "|".join(DECLARATIONS or ("(?!)",)), Keyword.Declaration),
            (r"\s+", Whitespace),
            (r'"(?:[^"\\\n]|\\.)*"', String.Double),
            (r"/[^0-9/\s*=](?:[^/\\\s,]|\\.)*/", String.Regex),
            (r"[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9]+)?(?:(?:mm|deg)\b|%)?", Number),
            (r"(%s)(\s*)(:)" % NAME, bygroups(Name.Attribute, Whitespace, Punctuation)),
            (words(CONTROL, prefix=r"\b", suffix=r"\b"), Keyword),
            (words(LINKS, prefix=r"\b", suffix=r"\b"), Operator.Word),
            (words(CONSTANTS, prefix=r"\b", suffix=r"\b"), Keyword.Constant),
            (words(TYPES, prefix=r"\b", suffix=r"\b"), Keyword.Type),
            (words(FUNCTIONS, prefix=r"\b", suffix=r"\b"), Name.Builtin),
            (r"[A-Z][A-Za-z0-9_]*", Name.Class),
            (NAME, Name),
            (r"\|>|=>|->|\?\?|\.\.=?|==|!=|<=|>=|[-+*/%^<>=|?]", Operator),
            (r"[\[\](){},:.;]", Punctuation),
        ]
    }
