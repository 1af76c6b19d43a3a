param s: text = "0123456789"
param t: text = s + s + s + s + s + s + s + s + s + s
param u: text = t + t + t + t + t + t + t + t + t + t
param v: text = u + u + u + u + u + u + u + u + u + u
param w: text = v + v + v + v + v + v + v + v + v + v
param x: text = w + w + w + w + w + w + w + w + w + w
param y: text = x + x + x + x + x + x + x + x + x + x
cohort c = phantom(subjects: 1000000000)
modality a: vector[1] = c.columns(age)
target dx: real = c.column("age")
model m(a) -> dx { a |> Linear(1) }
train m { minimize mse(m, dx) }
protocol cv = kfold(1000000000)

// error[E0857] 7:17 the text has more than 1048576 bytes
// hint: look for a text that is added to itself
// error[E0857] 8:30 `subjects` is 1000000000, and 100000 is the most
// hint: subjects: 100000
// error[E0857] 13:21 `folds` is 1000000000, and 10000 is the most
