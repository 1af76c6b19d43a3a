/// Every construct of the language.
/// In two lines.

use std.blocks.{A, B}  // from the library
use std.losses.margin
use "own.fx".Block
use model norm from "norm.fascicle"  // packed
use model norm as autumn from folder + "/autumn.fascicle"
extends "base.fx" without a, b, c

param a: int = 1  // aligned
param b: real = -1.5e-3  // not aligned
param c: one_of(x, y) = x
param d: class{A, "B c", 3T}? = A
param e: vector[_] = [1, 2]
cohort k = bids("data/k") {
  keep age < 45 and not (site in [1, 2])
  pair t1, falff by nearest day
  drop /^sub-(0|1)\d+/
}
modality m: volume[1, 64, 64, 64] = k.image("*.nii.gz") |> zscore(mask: brain) |> crop(at: [1, 2, 3])
condition q: vector[_]? = columns(
  /^lh_/, age |> bins(10),  // years
  sex |> onehot,
)
target t: mask{ET, ED} = k.column("t") ?? zeros
group g = [m, q]
block P() {}
block Q(n: int = 2 * 3, w)(x: [c, d, 2*h], y: normal[n] = x) -> [n, d/2, h-1] {
  let h = x |> Linear(n) |> relu
  let r = { mean: h, h }
  output s = h[0, 1].mean ^ 2 ^ -1
    // the result
    - r.mean
}
block Empty(x) {
  // nothing yet

  // still nothing
}
model f(g, parts.s) -> t {
  let u = for i, j in g if i != j { paint(i, j) }  // one
  let v = scan i in 1..=5 from u { x => let y = x; Down(2 ^ i)(y) }  // two
  let w = fold s in reverse(v) from v.last |> pool { x =>
    Up()(x, s)
  }
  let z = if a == 1 or b <= 2 { u } else if c == x { v } else { w }
  let long = concat(
    u,
    v,
    w,
    one_more_argument: [u, v, w],
    and_another_one: { mean: u, variance: v },
    last: 1.5mm,
  ) |> flatten
  match c {
    x | y => z
    "text" => z
    3 => z
    true => z  // kept
    else => (z)
  }
}
baseline ridge(g, q) -> t = ridge(strength: 1.0)
baseline forest(g) -> t on k, k2 = random_forest(trees: 300)
loss l(u, v: [n]) = mean((u - v) ^ 2) / 2 % 3 + 10%
loss o(u) { u }
train f on k, k2 {
  init f.Embed from other.Embed on all with care
  minimize a * l(f.u, f.v)
    + b * l(f.v, f.u)  // the second term
    - sum(for i in g { l(i, i) }), l(f, f)
  optimizer Adam(lr: 1e-4, weight_decay: 1e-5)
  epochs 100
  batch 32
  // the end
}
train f { epochs 1 }
protocol p = kfold(5, holdout: 10%, seeds: [1, 2, 3])
ensemble f over folds, weight: inverse_entropy
score f, ridge, forest: mae, r2
score f.u on holdout: auc, recall by class, without: each of mri
compare f against ridge, forest on holdout: mae with wilcoxon, r2
compare f, ridge: mae
analysis y = f(u vs v by w, near: same subject, keep: eigenvalue > 1), g(1, 2)
analysis long = permutation(
  first_argument_of_some_length by strata_of_people,
  times: 10000,
  correct: false_discovery_rate,
)
sweep s: a in [1, 2], [b, c] in subsets([0, 1]), d {
  compare auc with mann_whitney on validation, f1 against 2
}
sweep bare: a
  // hangs on the sweep

// The end.
