//! What a model's deviations are residuals of: outputs that a loss or a score compares with an input.

use super::Outcome;
use crate::compile::{EmptyWorld, compile};

/// The names of the residuals of `norm`, each with the input that is subtracted from.
fn residuals_of(program: &str) -> Result<Vec<(String, String)>, Box<dyn std::error::Error>> {
    let text = format!(
        "cohort people = table(\"people.csv\")\n\
         modality left: vector[4] = people.columns(a, b, c, d)\n\
         modality right: vector[4] = people.columns(e, f, g, h)\n\
         group sides = [left, right]\n{program}"
    );
    let compiled = compile("residuals.fx", &text, &[], &EmptyWorld);
    let errors: Vec<&String> = compiled.diagnostics.iter().map(|d| &d.message).collect();
    let program = compiled.base.ok_or_else(|| format!("{errors:?}"))?;
    let found = program.residuals(0).into_iter();
    Ok(found.map(|r| (r.name, program.graph.inputs[r.truth.index()].name.clone())).collect())
}

fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, input)| ((*name).to_owned(), (*input).to_owned())).collect()
}

#[test]
fn an_embedding_as_wide_as_the_inputs_and_called_like_them_has_no_residual() -> Outcome {
    let found = residuals_of(
        "model norm(sides) {
           output code = for s in sides { s |> Linear(4) }
           output posterior = for s in sides { normal(mean: code[s], log_var: s |> Linear(4)) }
           output back = for s in sides { code[s] |> Linear(4) }
         }
         train norm {
           minimize sum(for s in sides { mse(norm.back[s], s) + batch_mean(kl(norm.posterior[s], prior)) })
         }",
    )?;
    assert_eq!(found, named(&[("back[left]", "left"), ("back[right]", "right")]));
    Ok(())
}

#[test]
fn what_a_loss_compares_with_an_input_is_subtracted_from_it_whatever_it_is_called() -> Outcome {
    let found = residuals_of(
        "model norm(left) { output healed = left |> Linear(2) |> Linear(4) }
         train norm { minimize mse(norm.healed, right) }",
    )?;
    assert_eq!(found, named(&[("healed", "right")]));
    Ok(())
}

#[test]
fn a_score_against_an_input_makes_a_residual_where_no_loss_compares() -> Outcome {
    let program = "model norm(left) { output left = left |> Linear(2) |> Linear(4) }
         train norm { minimize batch_mean(reduce_sum((norm.left - left) ^ 2)) }";
    assert_eq!(residuals_of(program)?, named(&[]));
    assert_eq!(residuals_of(&format!("{program}\nscore norm.left: mse"))?, named(&[("left", "left")]));
    Ok(())
}
