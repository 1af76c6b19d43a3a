/// A block applied to something that some people lack gives something that they lack too.
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[2]? = c.columns(y, z)
block Join(x: [n], y: [n]) -> [4] { concat(x, y) |> Linear(4) }
model m(a, b) { Join()(a, b) }
// table: c: x number; y number; z number

// shape: m = [4]?
// parameters: m = 20
