cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
class Net(nn.Module):
  pass

// error[E0101] 3:1 expected a declaration, found `class`
// hint: a piece of a network is declared with `block`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
