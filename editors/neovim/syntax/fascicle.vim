" Highlighting of fascicle experiments where no tree-sitter parser is installed.
if exists("b:current_syntax")
  finish
endif

syntax match fascicleLayer /\<[A-Z][A-Za-z0-9_]*\>/
syntax match fascicleArgument /\<[A-Za-z_][A-Za-z0-9_]*\ze\s*:/
syntax match fascicleNumber /\<[0-9][0-9_]*\(\.[0-9][0-9_]*\)\?\([eE][+-]\?[0-9]\+\)\?\(mm\>\|deg\>\|%\)\?/
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
syntax keyword fascicleFunction abs absent absolute_error accuracy adaptive_avg_pool adaptive_max_pool add adjacent affine
syntax keyword fascicleFunction affinity_propagation auc average_precision avg_pool1d avg_pool2d avg_pool3d balanced balanced_accuracy
syntax keyword fascicleFunction batch_mean bias_field bids binary_cross_entropy bins blur brier calibration_error cca clamp cnr column columns
syntax keyword fascicleFunction combat concat concordance confusion constant conv1d conv2d conv3d correlation cox_loss crop cross_entropy
syntax keyword fascicleFunction decision_tree describe dice dice_loss divide each early elastic elastic_net elu exp f1 factor_analysis
syntax keyword fascicleFunction fenchel_dual flatten flip fool frequency gamma gaussian_nll gelu given global_avg_pool global_max_pool
syntax keyword fascicleFunction hausdorff histogram_standardize holdout huber info_nce interpolate iou is_zero iterative kfold kl
syntax keyword fascicleFunction kruskal_wallis l1 labels layer_entropy leaky_relu leave_out length lesion_f1 linear_probe log log_density
syntax keyword fascicleFunction log_mean_exp log_softmax log_sum_exp log_var_of logistic logistic_probe mae mann_whitney margin matmul max
syntax keyword fascicleFunction max_pool1d max_pool2d max_pool3d maximum mean mean_of median min minimum minmax moe mopoe mse multiply nearest
syntax keyword fascicleFunction negate noise norm_diff normative_deviation one_hot one_sample_t onehot overlap pad paint pearson permutation
syntax keyword fascicleFunction permute phantom poe position power probabilities psnr quantiles r2 random random_forest random_place recall
syntax keyword fascicleFunction reduce_max reduce_mean reduce_min reduce_sum relu resample rescale reshape reshape_as residualize residuals
syntax keyword fascicleFunction resize retrieval reverse ridge rmse rotate scale shift shuffled sigmoid similarity size skill slice smooth
syntax keyword fascicleFunction smooth_grad softmax softplus spearman sqrt square squared_error squeeze ssim stack standardize stop_gradient
syntax keyword fascicleFunction subtract sum supervised_contrastive surface_dice surface_distance svm swap table tanh tpe tsne two_sample_t
syntax keyword fascicleFunction unsqueeze upsample variance views volume_similarity white_stripe zoom zscore
" words: end
" words: clause
syntax match fascicleClause /^\s\+\(accumulate\|augment\|batch\|choose\|clip\|compare\|complete\|epochs\|freeze\|init\|join\|keep\|memory\|minimize\|optimizer\|pair\|patches\|precision\|prune\|rename\|sample\|sampler\|schedule\|seed\|stop\|subject\|take\|trials\|within\)\>\ze\([ \t]*[:(.]\)\@!/
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
