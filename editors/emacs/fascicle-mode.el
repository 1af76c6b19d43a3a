;;; fascicle-mode.el --- Major mode for fascicle experiments  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages

;;; Commentary:

;; Highlighting, indentation and comments of `.fx' files.  The language server is `fascicle lsp': where Eglot is there
;; (Emacs 29), `M-x eglot' starts it.

;;; Code:

;; words: declaration
(defconst fascicle--declarations
  '(
    "analysis" "baseline" "block" "cohort" "compare" "condition" "ensemble" "extends" "group" "loss"
    "modality" "model" "param" "protocol" "score" "search" "sweep" "target" "train" "use"))
;; words: end
;; words: control
(defconst fascicle--control
  '(
    "and" "else" "fold" "for" "if" "in" "let" "match" "not" "or" "output" "scan"))
;; words: end
;; words: link
(defconst fascicle--links
  '(
    "against" "as" "by" "from" "of" "on" "over" "vs" "with" "without"))
;; words: end
;; words: type
(defconst fascicle--types
  '(
    "bool" "class" "image" "int" "list" "mask" "normal" "one_of" "real" "slices" "tensor" "text" "vector"
    "volume"))
;; words: end
;; words: function
(defconst fascicle--functions
  '(
    "abs" "absent" "absolute_error" "accuracy" "adaptive_avg_pool" "adaptive_max_pool" "add" "adjacent"
    "affine" "affinity_propagation" "auc" "average_precision" "avg_pool1d" "avg_pool2d" "avg_pool3d"
    "balanced" "balanced_accuracy" "batch_mean" "bias_field" "bids" "binary_cross_entropy" "bins" "blur"
    "brier" "calibration_error" "cca" "clamp" "cnr" "column" "columns" "combat" "concat" "concordance"
    "confusion" "constant" "conv1d" "conv2d" "conv3d" "correlation" "cox_loss" "crop" "cross_entropy"
    "decision_tree" "describe" "dice" "dice_loss" "divide" "each" "early" "elastic" "elastic_net" "elu" "exp"
    "f1" "factor_analysis" "fenchel_dual" "flatten" "flip" "fool" "frequency" "gamma" "gaussian_nll" "gelu"
    "given" "global_avg_pool" "global_max_pool" "hausdorff" "histogram_standardize" "holdout" "huber"
    "info_nce" "interpolate" "iou" "is_zero" "iterative" "kfold" "kl" "kruskal_wallis" "l1" "labels"
    "layer_entropy" "leaky_relu" "leave_out" "length" "lesion_f1" "linear_probe" "log" "log_density"
    "log_mean_exp" "log_softmax" "log_sum_exp" "log_var_of" "logistic" "logistic_probe" "mae" "mann_whitney"
    "margin" "matmul" "max" "max_pool1d" "max_pool2d" "max_pool3d" "maximum" "mean" "mean_of" "median" "min"
    "minimum" "minmax" "moe" "mopoe" "mse" "multiply" "nearest" "negate" "noise" "norm_diff"
    "normative_deviation" "one_hot" "one_sample_t" "onehot" "overlap" "pad" "paint" "pearson" "permutation"
    "permute" "phantom" "poe" "position" "power" "probabilities" "psnr" "quantiles" "r2" "random"
    "random_forest" "random_place" "recall" "reduce_max" "reduce_mean" "reduce_min" "reduce_sum" "relu"
    "resample" "rescale" "reshape" "reshape_as" "residualize" "residuals" "resize" "retrieval" "reverse"
    "ridge" "rmse" "rotate" "scale" "shift" "shuffled" "sigmoid" "similarity" "size" "skill" "slice" "smooth"
    "smooth_grad" "softmax" "softplus" "spearman" "sqrt" "square" "squared_error" "squeeze" "ssim" "stack"
    "standardize" "stop_gradient" "subtract" "sum" "supervised_contrastive" "surface_dice" "surface_distance"
    "svm" "swap" "table" "tanh" "tpe" "tsne" "two_sample_t" "unsqueeze" "upsample" "variance" "views"
    "volume_similarity" "white_stripe" "zoom" "zscore"))
;; words: end
;; words: clause
(defconst fascicle--clauses
  '(
    "accumulate" "augment" "batch" "choose" "clip" "compare" "complete" "epochs" "freeze" "init" "join" "keep"
    "memory" "minimize" "optimizer" "pair" "patches" "precision" "prune" "rename" "sample" "sampler"
    "schedule" "seed" "stop" "subject" "take" "trials" "within"))
;; words: end
;; words: constant
(defconst fascicle--constants
  '(
    "false" "prior" "true"))
;; words: end

(defvar fascicle-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?_ "w" table)
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    table)
  "Comments from // to the end of the line; texts in double quotes.")

(defvar fascicle-font-lock-keywords
  `((,(concat "^" (regexp-opt fascicle--declarations 'words)) . font-lock-keyword-face)
    (,(concat "^" (regexp-opt fascicle--declarations 'words) "[ \t]+\\([A-Za-z_][A-Za-z0-9_]*\\)")
     2 font-lock-function-name-face)
    (,(regexp-opt fascicle--control 'words) . font-lock-keyword-face)
    (,(concat "\\_<" (regexp-opt fascicle--links) "\\_>") . font-lock-builtin-face)
    ("\\_<\\([a-z_][A-Za-z0-9_]*\\)[ \t]*:" 1 font-lock-variable-name-face)
    (,(regexp-opt fascicle--types 'words) . font-lock-type-face)
    (,(concat "^[ \t]+" (regexp-opt fascicle--clauses 'words)) . font-lock-preprocessor-face)
    (,(regexp-opt fascicle--functions 'words) . font-lock-builtin-face)
    (,(regexp-opt fascicle--constants 'words) . font-lock-constant-face)
    ("\\_<[A-Z][A-Za-z0-9_]*\\_>" . font-lock-type-face))
  "What is coloured how.")

(defcustom fascicle-indent 2
  "Columns of one level."
  :type 'integer
  :group 'languages)

(defun fascicle-indent-line ()
  "Indent by the brackets that are open at the beginning of the line."
  (interactive)
  (let* ((depth (save-excursion (beginning-of-line) (car (syntax-ppss))))
         (closes (save-excursion (back-to-indentation) (looking-at "[]})]")))
         (column (* fascicle-indent (max 0 (if closes (1- depth) depth)))))
    (if (<= (current-column) (current-indentation))
        (indent-line-to column)
      (save-excursion (indent-line-to column)))))

;;;###autoload
(define-derived-mode fascicle-mode prog-mode "fascicle"
  "Major mode for fascicle experiments."
  :syntax-table fascicle-mode-syntax-table
  (setq-local comment-start "// ")
  (setq-local comment-end "")
  (setq-local comment-start-skip "///?[ \t]*")
  (setq-local indent-line-function #'fascicle-indent-line)
  (setq-local font-lock-defaults '(fascicle-font-lock-keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.fx\\'" . fascicle-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(fascicle-mode . ("fascicle" "lsp"))))

(provide 'fascicle-mode)
;;; fascicle-mode.el ends here
