/// Attention: tokens, `[n, f]`, look at tokens.
///
/// An image becomes tokens by `x |> reshape(size(x)[0], -1) |> permute(1, 0)`, its places with their channels as features.

/// What `heads` heads see of tokens: `[n, heads * e]` as `[heads, n, e]`.
block Heads(heads: int)(x: [n, f]) -> [heads, n, f/heads] {
  x |> reshape(n, heads, f / heads) |> permute(1, 0, 2)
}

/// Multi-head attention: every token of `x` asks, and takes from the tokens of `y` what answers, weighed by how well it does
/// (Vaswani et al. 2017; PyTorch's `MultiheadAttention` with `kdim` and `vdim`). `heads` divides the features of `x`.
block CrossAttention(heads: int = 4)(x: [n, f], y: [m, g]) -> [n, f] {
  let q = x |> Linear(f) |> Heads(heads)
  let k = y |> Linear(f) |> Heads(heads)
  let v = y |> Linear(f) |> Heads(heads)
  let weights = (matmul(q, k |> permute(0, 2, 1)) / (f / heads) ^ 0.5) |> softmax(-1)
  matmul(weights, v) |> permute(1, 0, 2) |> reshape(n, f) |> Linear(f)
}

/// Attention of tokens among themselves (PyTorch's `MultiheadAttention(x, x, x)`).
block SelfAttention(heads: int = 4)(x: [n, f]) -> [n, f] { CrossAttention(heads)(x, x) }

/// A layer of a transformer's encoder: attention, and two linear layers for each token, each beside a way around and normalised behind the
/// sum, or before what it adds with `first: true` (Vaswani et al. 2017; PyTorch's `TransformerEncoderLayer`).
block TransformerLayer(heads: int = 4, hidden: int = 64, dropout: real = 0.1, first: bool = false)(
  x: [n, f],
) -> [n, f] {
  if first {
    let seen = x + (x |> LayerNorm() |> SelfAttention(heads) |> Dropout(dropout))
    seen
      + (seen |> LayerNorm() |> Linear(hidden) |> relu |> Dropout(dropout) |> Linear(f) |> Dropout(dropout))
  } else {
    let seen = (x + (x |> SelfAttention(heads) |> Dropout(dropout))) |> LayerNorm()
    (seen + (seen |> Linear(hidden) |> relu |> Dropout(dropout) |> Linear(f) |> Dropout(dropout)))
      |> LayerNorm()
  }
}

/// Several of them, one behind the other.
block Transformer(
  layers: int = 2,
  heads: int = 4,
  hidden: int = 64,
  dropout: real = 0.1,
  first: bool = false,
)(x: [n, f]) -> [n, f] {
  fold i in 0..layers from x { y => y |> TransformerLayer(heads, hidden, dropout: dropout, first: first) }
}

/// A learned vector for each place, added to its token: without it attention knows no order (ViT's, Dosovitskiy et al. 2021).
block LearnedPositions(x: [n, f]) -> [n, f] { x + Parameter(n, f, sd: 0.02)() }
