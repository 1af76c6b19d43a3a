(doc_comment) @comment.documentation
(comment) @comment
(string) @string
(regex) @string.regexp
(number) @number
(boolean) @boolean
(block_type "block" @type.builtin)
(keyword) @keyword
(control) @keyword.control
(link) @keyword.operator
(pipe) @operator
(operator) @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ";" ":"] @punctuation.delimiter

(declaration name: (identifier) @function)
(binding name: (identifier) @variable)
(argument_name name: (identifier) @variable.parameter)
(call function: (identifier) @function.call)
(field name: (identifier) @property)
((identifier) @constructor (#match? @constructor "^[A-Z]"))
; words: type
((identifier) @type.builtin (#any-of? @type.builtin
  "bool" "class" "image" "int" "list" "mask" "normal" "one_of" "real" "slices" "tensor" "text" "vector"
  "volume"))
; words: end
; words: layer
((identifier) @constructor (#any-of? @constructor
  "Adam" "AdamW" "BatchNorm" "ChannelDropout" "Constant" "Conv1d" "Conv2d" "Conv3d" "ConvTranspose1d"
  "ConvTranspose2d" "ConvTranspose3d" "Cosine" "DepthwiseConv1d" "DepthwiseConv2d" "DepthwiseConv3d" "Dropout"
  "Embedding" "Exponential" "GroupNorm" "HyperLinear" "InstanceNorm" "LayerNorm" "Linear" "OneCycle" "PRelu"
  "Parameter" "Plateau" "RAdam" "SGD" "Step"))
; words: end
; words: function
((identifier) @function.builtin (#any-of? @function.builtin
  "abs" "absent" "absolute_error" "accuracy" "adaptive_avg_pool" "adaptive_max_pool" "add" "adjacent" "affine"
  "affinity_propagation" "auc" "average_precision" "avg_pool1d" "avg_pool2d" "avg_pool3d" "balanced"
  "balanced_accuracy" "batch_mean" "bias_field" "bids" "binary_cross_entropy" "bins" "blur" "brier"
  "calibration_error" "cca" "clamp" "cnr" "column" "columns" "combat" "concat" "concordance" "confusion"
  "constant" "conv1d" "conv2d" "conv3d" "correlation" "cox_loss" "crop" "cross_entropy" "decision_tree"
  "describe" "dice" "dice_loss" "divide" "each" "early" "elastic" "elastic_net" "elu" "exp" "f1"
  "factor_analysis" "fenchel_dual" "flatten" "flip" "fool" "frequency" "gamma" "gaussian_nll" "gelu" "given"
  "global_avg_pool" "global_max_pool" "hausdorff" "histogram_standardize" "holdout" "huber" "info_nce"
  "interpolate" "iou" "is_zero" "iterative" "kfold" "kl" "kruskal_wallis" "l1" "labels" "layer_entropy"
  "leaky_relu" "leave_out" "length" "lesion_f1" "linear_probe" "log" "log_density" "log_mean_exp"
  "log_softmax" "log_sum_exp" "log_var_of" "logistic" "logistic_probe" "mae" "mann_whitney" "margin" "matmul"
  "max" "max_pool1d" "max_pool2d" "max_pool3d" "maximum" "mean" "mean_of" "median" "min" "minimum" "minmax"
  "moe" "mopoe" "mse" "multiply" "nearest" "negate" "noise" "norm_diff" "normative_deviation" "one_hot"
  "one_sample_t" "onehot" "overlap" "pad" "paint" "pearson" "permutation" "permute" "phantom" "poe" "position"
  "power" "probabilities" "psnr" "quantiles" "r2" "random" "random_forest" "random_place" "recall"
  "reduce_max" "reduce_mean" "reduce_min" "reduce_sum" "relu" "resample" "rescale" "reshape" "reshape_as"
  "residualize" "residuals" "resize" "retrieval" "reverse" "ridge" "rmse" "rotate" "scale" "shift" "shuffled"
  "sigmoid" "similarity" "size" "skill" "slice" "smooth" "smooth_grad" "softmax" "softplus" "spearman" "sqrt"
  "square" "squared_error" "squeeze" "ssim" "stack" "standardize" "stop_gradient" "subtract" "sum"
  "supervised_contrastive" "surface_dice" "surface_distance" "svm" "swap" "table" "tanh" "tpe" "tsne"
  "two_sample_t" "unsqueeze" "upsample" "variance" "views" "volume_similarity" "white_stripe" "zoom" "zscore"))
; words: end
; words: clause
((identifier) @attribute (#any-of? @attribute
  "accumulate" "augment" "batch" "choose" "clip" "compare" "complete" "epochs" "freeze" "init" "join" "keep"
  "memory" "minimize" "optimizer" "pair" "patches" "precision" "prune" "rename" "sample" "sampler" "schedule"
  "seed" "stop" "subject" "take" "trials" "within"))
; words: end
