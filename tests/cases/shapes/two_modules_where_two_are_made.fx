/// Each call makes a module of its own: 2 * (2*4 + 4) parameters.
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[2] = c.columns(y, z)
model m(a, b) { Linear(4)(a) + Linear(4)(b) }
// table: c: x number; y number; z number

// shape: m = [4]
// parameters: m = 24
