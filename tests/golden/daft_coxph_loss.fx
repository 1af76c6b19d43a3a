// Cox's partial likelihood as DAFT trains with it: the mean over all subjects, not over events.
//
// golden: daft_repo_blocks/coxph_loss
// input: risk = predictions
// input: time = time
// input: event = event reshaped
//
// run: -
// loss: m.total = loss, inputs grad.*

modality risk: vector[1] = given()
modality time: real = given()
modality event: real = given()

model m(risk, time, event) {
  output total = cox_loss(risk, time, event)
  risk
}
