// SYNTAX TEST "source.fascicle" "a model and its training"

/// Two encoders.
// <--- comment.line.documentation.fascicle
param width: int = 16
// <----- keyword.declaration.fascicle
//    ^^^^^ entity.name.fascicle
//           ^^^ support.type.fascicle
//                 ^^ constant.numeric.fascicle
modality a: vector[_] = people.columns(/^lh_.*/ |> standardize)
//                                     ^^^^^^^^ string.regexp.fascicle
//                                              ^^ keyword.operator.fascicle
//                                                 ^^^^^^^^^^^ support.function.fascicle
block Half(x: [c, d/2, h/2]) -> [c] {
//    ^^^^ entity.name.fascicle
//                 ^ keyword.operator.fascicle
  let y = x |> Conv3d(8, kernel: 3) |> relu
//^^^ keyword.control.fascicle
//             ^^^^^^ support.class.fascicle
//                       ^^^^^^ variable.parameter.fascicle
//                                     ^^^^ support.function.fascicle
}
train m {
  minimize cross_entropy(m, diagnosis)
//^^^^^^^^ keyword.other.clause.fascicle
//         ^^^^^^^^^^^^^ support.function.fascicle
  epochs 50
//^^^^^^ keyword.other.clause.fascicle
//       ^^ constant.numeric.fascicle
}
score m on holdout: auc
//      ^^ keyword.other.fascicle
