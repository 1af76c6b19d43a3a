/// Age from the thickness of the cortex: a small network beside the methods that a reviewer asks for.
cohort centres = table("../shared/data/normative/fcon1000.csv") { subject sub_id, keep age >= 18 }
modality left: vector[_] = centres.columns(/^lh_[GSPL].*_thickness$/ |> standardize)
modality right: vector[_] = centres.columns(/^rh_[GSPL].*_thickness$/ |> standardize)
target age: real = centres.column("age")
group sides = [left, right]

model brain(sides) -> age { concat(for s in sides { s |> Linear(16) |> relu }) |> Dropout(0.2) |> Linear(1) }
train brain {
  minimize mse(brain, age)
  optimizer AdamW(lr: 3e-3, weight_decay: 1e-2)
  epochs 200
  batch 32
  keep best mae on validation
}

baseline ridge(sides) -> age = ridge(strength: 100)
baseline net(sides) -> age = elastic_net(strength: 0.5, mixture: 0.5)
baseline machine(sides) -> age = svm(strength: 0.1, epsilon: 1)
baseline forest(sides) -> age = random_forest(trees: 300)
baseline near(sides) -> age = nearest(10)

protocol cv = kfold(5, validation: 0.1, seed: 1)
score brain, ridge, net, machine, forest, near: mae, r2, pearson
