//! Small programs, drawn.

use crate::layout::{Sizes, place};
use crate::svg::{Area, covered};
use crate::{Kind, diagram, dot, panels, svg};
use fascicle_lang::compile::{EmptyWorld, compile};
use fascicle_lang::program::Experiment;

const FUSION: &str = r#"
param width: int = 8
cohort c = table("c.csv")
modality a: vector[4] = c.columns(a1, a2, a3, a4)
modality b: vector[3]? = c.columns(b1, b2, b3)
target age: real = c.column("age")
group parts = [a, b]
block Encoder(width: int)(x: [n]) -> normal[2] {
  let h = x |> Linear(width) |> relu
  normal(mean: h |> Linear(2), log_var: h |> Linear(2))
}
model m(parts) -> age {
  let q = poe(prior, for p in parts { p |> Encoder(width) })
  output z = q |> sample
  z |> Linear(1)
}
train m { minimize mse(m, age) }
score m: mae
sweep widths: width in [4, 8, 16] { compare mae }
"#;

fn experiment(text: &str) -> Experiment {
    let compiled = compile("drawn.fx", text, &[], &EmptyWorld);
    let told: Vec<&str> = compiled.diagnostics.iter().map(|d| d.message.as_str()).collect();
    compiled.experiment.unwrap_or_else(|| panic!("it does not compile: {told:?}"))
}

#[test]
fn a_model_is_inputs_blocks_layers_and_outputs() {
    let experiment = experiment(FUSION);
    let drawn = diagram(&experiment.variants[1], 0, 1).expect("the model");
    let of = |kind: Kind| -> Vec<&str> {
        drawn.vertices.iter().filter(|v| v.kind == kind).map(|v| v.title.as_str()).collect()
    };
    assert_eq!(of(Kind::Input), ["a", "b"]);
    assert_eq!(of(Kind::Block), ["Encoder[a]", "Encoder[b]"]);
    assert_eq!(of(Kind::Output), ["z", "m → age"]);
    // [4] to 8, twice 8 to 2; the same from [3]; 2 to 1.
    assert_eq!(drawn.parameters, (40 + 36) + (32 + 36) + 3);
    let absent: Vec<&str> = drawn.vertices.iter().filter(|v| v.absent).map(|v| v.title.as_str()).collect();
    assert_eq!(absent, ["b", "Encoder[b]"]);
    assert!(drawn.arrows.iter().all(|arrow| arrow.from < arrow.to), "{:?}", drawn.arrows);
    let dashed = drawn.arrows.iter().filter(|arrow| arrow.absent).count();
    assert_eq!(dashed, 2, "the scan that some lack, and what is made of it");
}

#[test]
fn variants_stand_side_by_side_with_what_differs_marked() {
    let experiment = experiment(FUSION);
    let all: Vec<_> = experiment.variants.iter().collect();
    let drawn = panels(&all, "m", 1);
    assert_eq!(drawn.len(), 3);
    assert!(drawn[0].marked.is_empty());
    let marked: Vec<&str> = drawn[1].marked.iter().map(|at| drawn[1].diagram.vertices[*at].title.as_str()).collect();
    assert_eq!(marked, ["Encoder[a]", "Encoder[b]"]);
    let again = panels(&[all[0], all[0]], "m", 1);
    assert_eq!(again.len(), 1, "one network is drawn once");
}

#[test]
fn a_drawing_is_the_same_whenever_it_is_made() {
    let drawn = || {
        let experiment = experiment(FUSION);
        let all: Vec<_> = experiment.variants.iter().collect();
        let drawn = panels(&all, "m", 1);
        (svg(&drawn), dot(&drawn))
    };
    let (picture, text) = drawn();
    assert_eq!((picture.clone(), text.clone()), drawn());
    assert!(picture.starts_with("<svg") && picture.ends_with("</svg>"), "{picture}");
    assert!(text.contains("style=dashed") && text.contains("Encoder[b]"), "{text}");
}

#[test]
fn no_box_lies_on_another() {
    // A comb with a long tooth.
    let boxes: Vec<(f64, f64)> =
        (0..12).map(|at| (40.0 + 17.0 * f64::from(at % 5), 20.0 + f64::from(at % 3) * 30.0)).collect();
    let arrows = vec![
        (0, 1),
        (0, 2),
        (0, 3),
        (1, 4),
        (2, 4),
        (3, 5),
        (4, 6),
        (5, 6),
        (0, 6),
        (6, 7),
        (6, 8),
        (6, 9),
        (7, 10),
        (9, 10),
        (8, 11),
        (0, 11),
    ];
    let placed = place(&Sizes { boxes: boxes.clone(), arrows });
    for one in 0..boxes.len() {
        for other in one + 1..boxes.len() {
            let ((ax, ay), (bx, by)) = (placed.boxes[one], placed.boxes[other]);
            let apart = ax + boxes[one].0 <= bx + 1e-6
                || bx + boxes[other].0 <= ax + 1e-6
                || ay + boxes[one].1 <= by + 1e-6
                || by + boxes[other].1 <= ay + 1e-6;
            assert!(apart, "{one} and {other}");
        }
    }
}

#[test]
fn areas_that_touch_do_not_meet() {
    let one = Area::of((0.0, 0.0), (10.0, 10.0));
    assert!(one.meets(&Area::of((9.0, 9.0), (10.0, 10.0))));
    assert!(!one.meets(&Area::of((10.0, 0.0), (10.0, 10.0))));
    assert!(!one.meets(&Area::of((0.0, 10.5), (10.0, 10.0))));
}

#[test]
fn no_shape_lies_on_a_box() {
    // A small input beside tall blocks: its shape finds room below them.
    let beside =
        FUSION.replace("z |> Linear(1)", "let y = concat(z, z) |> Linear(9) |> relu\n  concat(y, z) |> Linear(1)");
    for text in [FUSION, &beside] {
        let experiment = experiment(text);
        let all: Vec<_> = experiment.variants.iter().collect();
        for panel in panels(&all, "m", 1) {
            assert_eq!(covered(&panel.diagram), Vec::<String>::new());
        }
    }
}
