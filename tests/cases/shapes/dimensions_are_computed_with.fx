/// The input's type may hold arithmetic: 2*n is 6, so n is 3; n-1 and 3*n are what it gives.
cohort c = table("people.csv")
modality a: vector[6] = c.columns(p, q, r, s, t, u)
block Fold(x: [2*n]) -> [n-1] { x |> Linear(n - 1) }
block Grow(x: [n]) -> [3*n] { x |> Linear(3 * n) }
model m(a) {
  output small = a |> Fold()
  output large = a |> Grow()
}
// table: c: p number; q number; r number; s number; t number; u number

// shape: m.small = [2]
// shape: m.large = [18]
// parameters: m = 140
