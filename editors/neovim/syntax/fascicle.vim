" Highlighting of fascicle experiments where no tree-sitter parser is installed.
if exists("b:current_syntax")
  finish
endif

syntax match fascicleLayer /\<[A-Z][A-Za-z0-9_]*\>/
syntax match fascicleArgument /\<[A-Za-z_][A-Za-z0-9_]*\ze\s*:/
syntax match fascicleNumber /\<[0-9][0-9_]*\(\.[0-9][0-9_]*\)\?\([eE][+-]\?[0-9]\+\)\?\(mm\>\|%\)\?/
syntax match fascicleOperator /|>\|=>\|->\|??\|\.\.=\?\|==\|!=\|<=\|>=\|[-+*%^<>=|?]/
syntax region fascicleText start=/"/ skip=/\\./ end=/"\|$/
syntax match fascicleRegex "\(^\|[(\[, \t]\)\zs/[^0-9/ \t*=]\([^/\\ \t,]\|\\.\)*/"
syntax match fascicleComment "//.*$" contains=@Spell
syntax match fascicleDoc "///.*$" contains=@Spell
" words: declaration
syntax match fascicleDeclaration /^\(analysis\|baseline\|block\|cohort\|compare\|condition\|ensemble\|extends\|group\|loss\|modality\|model\|param\|protocol\|score\|search\|sweep\|target\|train\|use\)\>/
" words: end
" words: control
syntax keyword fascicleControl and else fold for if in let match not or output scan
" words: end
" words: link
syntax keyword fascicleLink against as by from of on over vs with without
" words: end
" words: type
syntax keyword fascicleType bool class image int list mask normal one_of real slices tensor text vector volume
" words: end
" words: function
syntax keyword fascicleFunction abs absent absolute_error accuracy adaptive_avg_pool adaptive_max_pool add adjacent affinity_propagation auc
syntax keyword fascicleFunction average_precision avg_pool1d avg_pool2d avg_pool3d balanced balanced_accuracy batch_mean bids
syntax keyword fascicleFunction binary_cross_entropy bins brier calibration_error cca clamp cnr column columns combat concat concordance
syntax keyword fascicleFunction confusion constant conv1d conv2d conv3d correlation cox_loss crop cross_entropy decision_tree describe dice
syntax keyword fascicleFunction dice_loss divide each early elastic_net elu exp f1 factor_analysis fenchel_dual flatten flip fool frequency
syntax keyword fascicleFunction gaussian_nll gelu given global_avg_pool global_max_pool hausdorff histogram_standardize holdout huber info_nce
syntax keyword fascicleFunction interpolate iou is_zero iterative kfold kl kruskal_wallis l1 labels layer_entropy leaky_relu leave_out length
syntax keyword fascicleFunction linear_probe log log_density log_mean_exp log_softmax log_sum_exp log_var_of logistic logistic_probe mae
syntax keyword fascicleFunction mann_whitney margin matmul max max_pool1d max_pool2d max_pool3d maximum mean mean_of median min minimum minmax
syntax keyword fascicleFunction moe mopoe mse multiply nearest negate noise norm_diff normative_deviation one_hot one_sample_t onehot pad
syntax keyword fascicleFunction paint pearson permutation permute phantom poe position power probabilities psnr quantiles r2 random
syntax keyword fascicleFunction random_forest random_place recall reduce_max reduce_mean reduce_min reduce_sum relu resample rescale reshape
syntax keyword fascicleFunction reshape_as residualize residuals resize retrieval reverse ridge rmse scale shift shuffled sigmoid similarity
syntax keyword fascicleFunction size skill slice smooth smooth_grad softmax softplus spearman sqrt square squared_error squeeze ssim stack
syntax keyword fascicleFunction standardize stop_gradient subtract sum supervised_contrastive svm table tanh tpe tsne two_sample_t unsqueeze
syntax keyword fascicleFunction upsample variance views zscore
" words: end
" words: clause
syntax match fascicleClause /^\s\+\(accumulate\|augment\|batch\|choose\|clip\|compare\|complete\|epochs\|freeze\|init\|join\|keep\|memory\|minimize\|optimizer\|pair\|precision\|prune\|rename\|sample\|sampler\|schedule\|seed\|stop\|subject\|take\|trials\|within\)\>\ze\([ \t]*[:(.]\)\@!/
" words: end
" words: constant
syntax keyword fascicleConstant false prior true
" words: end

highlight default link fascicleDeclaration Keyword
highlight default link fascicleControl Conditional
highlight default link fascicleLink Statement
highlight default link fascicleType Type
highlight default link fascicleFunction Function
highlight default link fascicleClause Label
highlight default link fascicleConstant Constant
highlight default link fascicleLayer Structure
highlight default link fascicleArgument Identifier
highlight default link fascicleNumber Number
highlight default link fascicleOperator Operator
highlight default link fascicleText String
highlight default link fascicleRegex SpecialChar
highlight default link fascicleComment Comment
highlight default link fascicleDoc SpecialComment

let b:current_syntax = "fascicle"
