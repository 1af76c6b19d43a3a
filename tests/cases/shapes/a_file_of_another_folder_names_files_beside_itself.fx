extends "models/base.fx"
score m: mae
// file models/base.fx:
//| use "parts/blocks.fx".Head
//| use "../shared.fx".Body
//| modality a: vector[4] = given()
//| target y: real = given()
//| model m(a) -> y { a |> Body() |> Head() }
//| train m { minimize mse(m, y) }
// file models/parts/blocks.fx:
//| use "more.fx".Last
//| block Head(x: [n]) -> [1] { x |> Last() }
// file models/parts/more.fx:
//| block Last(x: [n]) -> [1] { x |> Linear(1) }
// file shared.fx:
//| block Body(x: [n]) -> [8] { x |> Linear(8) |> relu }

// shape: m = [1]
// parameters: m = 49
