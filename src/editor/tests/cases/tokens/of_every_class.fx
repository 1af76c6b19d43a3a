/// A file.
use std.blocks.ConvBnRelu
param fusion: one_of(concat, film) = film
cohort c = table("c.tsv") { keep age > 3, subject id }
modality about: vector[_] = c.columns(/^lh_/ |> standardize, age)
block B(n: int = 2)(x: [d]) -> [n*d] { let y = x |> Linear(n * d, bias: false); y |> relu }
model m(about) { output z = about |> B(n: 3); if fusion == concat { z } else { z } }
train m { minimize mse(m.z, about), optimizer Adam(lr: 1e-3) }
score m.z: mae on test
