// A highlight.js grammar for `.fx`: `hljs.registerLanguage("fascicle", fascicle)`.

// words: declaration
const DECLARATIONS = [
  "analysis", "baseline", "block", "cohort", "compare", "condition", "ensemble", "extends", "group", "loss",
  "modality", "model", "param", "protocol", "score", "search", "sweep", "target", "train", "use",
];
// words: end
// words: control
const CONTROL = [
  "and", "else", "fold", "for", "if", "in", "let", "match", "not", "or", "output", "scan",
];
// words: end
// words: link
const LINKS = [
  "against", "as", "by", "from", "of", "on", "over", "vs", "with", "without",
];
// words: end
// words: type
const TYPES = [
  "bool", "class", "image", "int", "list", "mask", "normal", "one_of", "real", "slices", "tensor", "text",
  "vector", "volume",
];
// words: end
// words: function
const FUNCTIONS = [
  "abs", "absent", "absolute_error", "accuracy", "adaptive_avg_pool", "adaptive_max_pool", "add", "adjacent",
  "affine", "affinity_propagation", "auc", "average_precision", "avg_pool1d", "avg_pool2d", "avg_pool3d",
  "balanced", "balanced_accuracy", "batch_mean", "bias_field", "bids", "binary_cross_entropy", "bins", "blur",
  "brier", "calibration_error", "cca", "clamp", "cnr", "column", "columns", "combat", "concat", "concordance",
  "confusion", "constant", "conv1d", "conv2d", "conv3d", "correlation", "cox_loss", "crop", "cross_entropy",
  "decision_tree", "describe", "dice", "dice_loss", "divide", "each", "early", "elastic", "elastic_net", "elu",
  "exp", "f1", "factor_analysis", "fenchel_dual", "flatten", "flip", "fool", "frequency", "gamma",
  "gaussian_nll", "gelu", "given", "global_avg_pool", "global_max_pool", "hausdorff", "histogram_standardize",
  "holdout", "huber", "info_nce", "interpolate", "iou", "is_zero", "iterative", "kfold", "kl",
  "kruskal_wallis", "l1", "labels", "layer_entropy", "leaky_relu", "leave_out", "length", "lesion_f1",
  "linear_probe", "log", "log_density", "log_mean_exp", "log_softmax", "log_sum_exp", "log_var_of", "logistic",
  "logistic_probe", "mae", "mann_whitney", "margin", "matmul", "max", "max_pool1d", "max_pool2d", "max_pool3d",
  "maximum", "mean", "mean_of", "median", "min", "minimum", "minmax", "moe", "mopoe", "mse", "multiply",
  "nearest", "negate", "noise", "norm_diff", "normative_deviation", "one_hot", "one_sample_t", "onehot",
  "overlap", "pad", "paint", "pearson", "permutation", "permute", "phantom", "poe", "position", "power",
  "probabilities", "psnr", "quantiles", "r2", "random", "random_forest", "random_place", "recall",
  "reduce_max", "reduce_mean", "reduce_min", "reduce_sum", "relu", "resample", "rescale", "reshape",
  "reshape_as", "residualize", "residuals", "resize", "retrieval", "reverse", "ridge", "rmse", "rotate",
  "scale", "shift", "shuffled", "sigmoid", "similarity", "size", "skill", "slice", "smooth", "smooth_grad",
  "softmax", "softplus", "spearman", "sqrt", "square", "squared_error", "squeeze", "ssim", "stack",
  "standardize", "stop_gradient", "subtract", "sum", "supervised_contrastive", "surface_dice",
  "surface_distance", "svm", "swap", "table", "tanh", "tpe", "tsne", "two_sample_t", "unsqueeze", "upsample",
  "variance", "views", "volume_similarity", "white_stripe", "zoom", "zscore",
];
// words: end
// words: clause
const CLAUSES = [
  "accumulate", "augment", "batch", "choose", "clip", "compare", "complete", "epochs", "freeze", "init",
  "join", "keep", "memory", "minimize", "optimizer", "pair", "patches", "precision", "prune", "rename",
  "sample", "sampler", "schedule", "seed", "stop", "subject", "take", "trials", "within",
];
// words: end
// words: constant
const CONSTANTS = [
  "false", "prior", "true",
];
// words: end

function fascicle(hljs) {
  const word = "[A-Za-z_][A-Za-z0-9_]*";
  return {
    name: "fascicle",
    aliases: ["fx"],
    keywords: {
      $pattern: word,
      keyword: [...CONTROL, ...LINKS],
      type: TYPES,
      built_in: FUNCTIONS,
      literal: CONSTANTS,
    },
    contains: [
      hljs.COMMENT("///", "$", { scope: "doctag" }),
      hljs.COMMENT("//", "$"),
      { scope: "string", begin: '"', end: '"', illegal: "\\n", contains: [hljs.BACKSLASH_ESCAPE] },
      { scope: "regexp", begin: /(?<=[(\[,\s])\/[^0-9/\s*=](?:[^/\\\s,]|\\.)*\// },
      { scope: "number", begin: /\b[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9]+)?(?:(?:mm|deg)\b|%)?/ },
      {
        begin: [new RegExp(`^(?:${DECLARATIONS.join("|")})\\b`, "m"), /[ \t]+/, new RegExp(word)],
        beginScope: { 1: "keyword", 3: "title.function" },
      },
      { scope: "keyword", begin: new RegExp(`^(?:${DECLARATIONS.join("|")})\\b`, "m") },
      { scope: "meta", begin: new RegExp(`^[ \\t]+(?:${CLAUSES.join("|")})\\b(?![ \\t]*[:(.])`, "m") },
      { scope: "attr", begin: new RegExp(`\\b${word}(?=\\s*:)`) },
      { scope: "title.class", begin: /\b[A-Z][A-Za-z0-9_]*/ },
      { scope: "operator", begin: /\|>|=>|->|\?\?|\.\.=?|==|!=|<=|>=|[-+*/%^<>=|?]/ },
    ],
  };
}

if (typeof module !== "undefined") module.exports = fascicle;
