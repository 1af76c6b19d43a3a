// A CodeMirror 6 mode for `.fx`: `StreamLanguage.define(fascicle)`.

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

const set = (words) => new Set(words);
const kinds = [
  [set(CONTROL), "controlKeyword"],
  [set(LINKS), "operatorKeyword"],
  [set(CONSTANTS), "atom"],
  [set(TYPES), "typeName"],
  [set(FUNCTIONS), "standard(name)"],
];
const declarations = set(DECLARATIONS);
const clauses = set(CLAUSES);

export const fascicle = {
  name: "fascicle",
  startState: () => ({ depth: 0, declared: false, first: true }),
  token(stream, state) {
    if (stream.sol()) state.first = true;
    if (stream.eatSpace()) return null;
    const first = state.first;
    state.first = false;
    if (stream.match("///")) {
      stream.skipToEnd();
      return "docComment";
    }
    if (stream.match("//")) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
    const before = stream.string.slice(0, stream.pos);
    if (/(^|[(\[,\s])$/.test(before) && stream.match(/^\/[^0-9/\s*=](?:[^/\\\s,]|\\.)*\//)) return "regexp";
    if (stream.match(/^[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9]+)?(?:(?:mm|deg)\b|%)?/)) return "number";
    const word = stream.match(/^[A-Za-z_][A-Za-z0-9_]*/);
    if (word) {
      const text = word[0];
      if (state.declared) {
        state.declared = false;
        return "definition(variableName)";
      }
      if (first && state.depth === 0 && declarations.has(text)) {
        state.declared = !["use", "extends", "score", "compare"].includes(text);
        return "definitionKeyword";
      }
      if (stream.match(/^\s*:/, false)) return "propertyName";
      if (first && clauses.has(text)) return "keyword";
      const kind = kinds.find(([words]) => words.has(text));
      if (kind) return kind[1];
      return /^[A-Z]/.test(text) ? "className" : "variableName";
    }
    if (stream.match(/^(?:\|>|=>|->|\?\?|\.\.=?|==|!=|<=|>=|[-+*/%^<>=|?])/)) return "operator";
    const mark = stream.next();
    if ("([{".includes(mark)) state.depth += 1;
    if (")]}".includes(mark)) state.depth = Math.max(0, state.depth - 1);
    return "([{)]}".includes(mark) ? "bracket" : "punctuation";
  },
  languageData: {
    commentTokens: { line: "//" },
    closeBrackets: { brackets: ["(", "[", "{", '"'] },
    indentOnInput: /^\s*[}\])]$/,
  },
};
