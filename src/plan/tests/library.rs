//! Losses of the standard library, compiled and evaluated, against their definition.

use crate::compile::{EmptyWorld, compile};
use crate::nn::{Batch, Forward, InputBatch, Mode, Network, RunSettings};
use std::sync::Arc;

/// Two modalities whose experts are given, a code of two numbers, and decoders that hand the code on: of `a` as it is, of `b`
/// doubled.
const TWO_EXPERTS: &str = r#"
use std.losses.iwae
cohort c = table("people.csv")
modality a: vector[2] = c.columns(a1, a2)
modality b: vector[2] = c.columns(b1, b2)
condition va: vector[2] = c.columns(va1, va2)
condition vb: vector[2] = c.columns(vb1, vb2)
group mods = [a, b]
model m(mods, va, vb) {
  let q = for x in mods { normal(mean: x, log_var: if x == a { va } else { vb }) }
  let z = for x in mods { for k in 0..3 { q[x] |> sample } }
  let recon = for x in mods { for k in 0..3 { for y in mods { if y == a { z[x][k] } else { 2 * z[x][k] } } } }
  output drawn = concat(z)
  output bound = iwae(mods, q, z, recon, draws: 3, spread: 0.5)
}
"#;

fn log_normal(z: &[f64], mean: &[f64], log_variance: &[f64]) -> f64 {
    let terms = z.iter().zip(mean).zip(log_variance);
    terms.map(|((z, m), v)| -0.5 * (std::f64::consts::TAU.ln() + v + (z - m).powi(2) / v.exp())).sum()
}

fn log_mean_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + (values.iter().map(|v| (v - largest).exp()).sum::<f64>() / values.len() as f64).ln()
}

/// What the draws `[modality][draw][2]` of one person weigh, by Shi et al.'s definition.
fn bound(person: &[Vec<f64>; 4], draws: &[f64]) -> f64 {
    let [a, b, va, vb] = person;
    let zeros = [0.0, 0.0];
    let of_modality = |own: &[f64]| {
        let weights: Vec<f64> = own
            .chunks(2)
            .map(|z| {
                let squares = |x: &[f64], by: f64| x.iter().zip(z).map(|(x, z)| (x - by * z).powi(2)).sum::<f64>();
                let likelihood = -(squares(a, 1.0) + squares(b, 2.0)) / (2.0 * 0.25);
                let experts = log_mean_exp(&[log_normal(z, a, va), log_normal(z, b, vb)]);
                log_normal(z, &zeros, &zeros) + likelihood - experts
            })
            .collect();
        log_mean_exp(&weights)
    };
    -(of_modality(&draws[..6]) + of_modality(&draws[6..])) / 2.0
}

#[test]
fn the_looser_bound_is_the_mean_over_modalities_of_what_their_draws_weigh() -> super::Outcome {
    let compiled = compile("two_experts.fx", TWO_EXPERTS, &[], &EmptyWorld);
    let program = compiled.base.ok_or("it does not compile")?;
    let node = |name: &str| -> Result<_, &'static str> {
        Ok(program.models[0].output(name).ok_or("an output is missing")?.members[0].1)
    };
    let (drawn, result) = (node("drawn")?, node("bound")?);
    let people: [[Vec<f64>; 4]; 2] = [
        [vec![0.5, -1.0], vec![1.0, 0.25], vec![-0.5, 0.0], vec![0.3, -1.0]],
        [vec![-2.0, 0.1], vec![0.4, 0.4], vec![0.2, 0.7], vec![-1.5, 0.1]],
    ];
    let column = |i: usize| people.iter().flat_map(|p| p[i].iter().map(|v| *v as f32)).collect();
    let inputs = (0..4).map(|i| Some(InputBatch::complete(column(i), [2], 2))).collect();
    let batch = Batch { rows: 2, inputs };

    let graph = Arc::new(program.graph);
    let forward = Forward::new(graph.clone(), &[drawn, result]);
    let network = Network::new(&graph, &graph.live_modules(forward.live()), 1, &crate::nn::tests::device());
    for mode in [Mode::Prediction, Mode::Training { seed: 3, step: 8 }] {
        let values = forward.run(&network, &batch, &RunSettings::new(mode))?;
        let draws = values.host(drawn)?.ok_or("no draws")?.values;
        let found = values.host(result)?.ok_or("no bound")?.values;
        for ((person, draws), found) in people.iter().zip(draws.chunks(12)).zip(found) {
            let draws: Vec<f64> = draws.iter().map(|v| f64::from(*v)).collect();
            let expected = bound(person, &draws);
            assert!((f64::from(found) - expected).abs() < 1e-4 * expected.abs(), "{mode:?}: {found} {expected}");
        }
    }
    Ok(())
}
