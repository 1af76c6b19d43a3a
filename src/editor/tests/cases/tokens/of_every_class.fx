/// A file.
use std.blocks.ConvBnRelu
param fusion: one_of(concat, film) = film
cohort c = table("c.tsv") { keep age > 3, subject id }
modality about: vector[_] = c.columns(/^lh_/ |> standardize, age)
block B(n: int = 2)(x: [d]) -> [n*d] { let y = x |> Linear(n * d, bias: false); y |> relu }
model m(about) { output z = about |> B(n: 3); if fusion == concat { z } else { z } }
train m { minimize mse(m.z, about), optimizer Adam(lr: 1e-3) }
score m.z on test: mae
//= /// A file.:comment
//= use:keyword std:namespace blocks:property ConvBnRelu:class.defaultLibrary
//= param:keyword fusion:variable.declaration.readonly one_of:type concat:enumMember.declaration film:enumMember.declaration =:operator film:enumMember
//= cohort:keyword c:namespace.declaration =:operator table:method.defaultLibrary "c.tsv":string keep:keyword.defaultLibrary age:property >:operator 3:number subject:keyword.defaultLibrary id:property
//= modality:keyword about:variable.declaration vector:type.defaultLibrary =:operator c:namespace columns:method.defaultLibrary /^lh_/:regexp |>:operator standardize:method.defaultLibrary age:property
//= block:keyword B:class.declaration n:parameter.declaration int:type =:operator 2:number x:parameter.declaration d:typeParameter.declaration ->:operator n:parameter *:operator d:typeParameter let:keyword y:variable.declaration =:operator x:parameter |>:operator Linear:class.defaultLibrary n:parameter *:operator d:typeParameter bias:parameter.defaultLibrary false:keyword y:variable |>:operator relu:function.defaultLibrary
//= model:keyword m:struct.declaration about:variable output:keyword z:property.declaration =:operator about:variable |>:operator B:class n:parameter 3:number if:keyword fusion:variable.readonly ==:operator concat:enumMember z:property else:keyword z:property
//= train:keyword m:struct minimize:keyword.defaultLibrary mse:function.defaultLibrary m:struct z:property about:variable optimizer:keyword.defaultLibrary Adam:method.defaultLibrary lr:parameter.defaultLibrary 1e-3:number
//= score:keyword m:struct z:property on:keyword mae:function.defaultLibrary
