//! The whole page: what must be on it, what must not.

use super::content::*;
use super::{number, render, sample};

#[test]
fn the_sample_has_every_section_and_is_written_for_looking_at_when_asked() -> std::io::Result<()> {
    let page = render(&sample::content());
    for id in [
        "results",
        "warnings",
        "question",
        "data",
        "models",
        "training",
        "searches",
        "scores",
        "comparisons",
        "confusion",
        "regression",
        "reconstructions",
        "deviations",
        "analyses",
        "provenance",
    ] {
        assert!(page.contains(&format!("<section id=\"{id}\">")), "{id}");
        assert!(page.contains(&format!("<a href=\"#{id}\">")), "{id}");
    }
    if let Some(path) = std::env::var_os("FASCICLE_REPORT_SAMPLE") {
        std::fs::write(path, page)?;
    }
    Ok(())
}

#[test]
fn an_empty_report_is_a_page_without_sections() {
    let page = render(&ReportContent::default());
    assert!(page.starts_with("<!DOCTYPE html>"));
    assert!(!page.contains("<section"));
    assert!(page.contains("<h1>Experiment</h1>"));
}

#[test]
fn parts_that_are_empty_leave_no_trace() {
    let mut content = sample::content();
    content.scores = vec![Score::default()];
    content.stages = vec![Stage { curves: vec![Curve::default()], ..Stage::default() }];
    content.deviations = vec![Deviation::default()];
    content.confusions = vec![Confusion::default()];
    content.regressions = vec![Regression::default()];
    content.pictures = vec![PictureSet::default()];
    content.comparisons = vec![Comparison::default()];
    content.searches = vec![Search::default()];
    content.headline = Headline::default();
    let page = render(&content);
    for id in [
        "results",
        "scores",
        "training",
        "deviations",
        "confusion",
        "regression",
        "reconstructions",
        "comparisons",
        "searches",
    ] {
        assert!(!page.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert!(!page.contains(">nothing<"), "an analysis without rows is not named");
}

#[test]
fn content_whose_numbers_are_all_missing_still_makes_a_page() {
    let json = serde_json::to_value(sample::content()).unwrap_or_default();
    let content: ReportContent = serde_json::from_value(without_reals(json)).unwrap_or_default();
    let page = render(&content);
    assert!(page.contains("<section id=\"scores\">"));
    assert_no_raw_numbers(&page);
}

/// Every number with a fraction becomes null.
fn without_reals(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(number) if number.is_f64() => Value::Null,
        Value::Array(values) => Value::Array(values.into_iter().map(without_reals).collect()),
        Value::Object(fields) => {
            Value::Object(
                fields
                    .into_iter()
                    .map(|(key, value)| {
                        if matches!(key.as_str(), "alpha" | "pixel") {
                            (key, value)
                        } else {
                            (key, without_reals(value))
                        }
                    })
                    .collect(),
            )
        }
        other => other,
    }
}

fn assert_no_raw_numbers(page: &str) {
    let visible: String =
        page.split("data:image/png;base64,").map(|part| part.split_once('"').map_or(part, |p| p.1)).collect();
    for raw in ["NaN", "Infinity", ">inf", "=\"inf", "00000000", "99999999"] {
        assert!(
            !visible.contains(raw),
            "{raw}: {:?}",
            visible.split_once(raw).map(|(before, _)| before
                .chars()
                .rev()
                .take(80)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect::<String>())
        );
    }
}

#[test]
fn no_number_shows_its_binary_fraction_or_that_it_is_none() {
    assert_no_raw_numbers(&render(&sample::content()));
}

/// What a large or an odd experiment may bring.
fn extreme() -> ReportContent {
    let mut content = sample::content();
    let word = "averyveryverylongnamewithoutanyplacewhereitcouldbebroken_".repeat(4);
    content.title = word.clone();
    let split = content.cohorts[0].splits[0].clone();
    content.cohorts[0].splits =
        (1..=30).map(|n| Split { name: format!("repeat {n}, {word}"), ..split.clone() }).collect();
    content.cohorts[0].left_out[0].reason = word.clone();
    let (curve, variant) = (content.stages[0].curves[0].clone(), content.scores[0].variants[0].clone());
    content.stages[0].curves = (0..31).map(|n| Curve { variant: format!("{n} {word}"), ..curve.clone() }).collect();
    content.scores[0].variants = (0..31).map(|n| VariantScore { variant: format!("{n}"), ..variant.clone() }).collect();
    content.scores[0].chance = Some(-1e12);
    content.scores[1].variants.truncate(1);
    content.scores[1].variants[0].variant = String::new();
    let contrast = content.comparisons[0].contrasts[0].clone();
    content.comparisons[0].contrasts = vec![Contrast { first: word.clone(), second: word.clone(), ..contrast }; 465];
    content.confusions[0].classes = (0..40).map(|n| format!("{n} {word}")).collect();
    content.confusions[0].counts = vec![vec![u64::MAX / 4000; 40]; 40];
    content.confusions[1].counts = vec![vec![1], vec![]];
    content.regressions[0].points.truncate(1);
    content.deviations[0].regions.truncate(2);
    content.deviations[0].groups.truncate(1);
    content.deviations[0].groups[0].means = vec![0.5];
    for planes in &mut content.pictures[0].pictures[0].planes {
        planes.frame.width = 7;
        planes.frame.pixel = [f64::NAN, 0.0];
    }
    content.models[0].parameters = u64::MAX;
    content
}

#[test]
fn a_large_and_odd_experiment_still_makes_a_page() -> std::io::Result<()> {
    let page = render(&extreme());
    assert!(page.contains("18 more splits"));
    assert!(page.contains("23 more variants"));
    assert_no_raw_numbers(&page);
    if let Some(path) = std::env::var_os("FASCICLE_REPORT_EXTREME") {
        std::fs::write(path, page)?;
    }
    Ok(())
}

#[test]
fn names_from_outside_cannot_become_markup() {
    const EVIL: &str = "<script>alert(\"1\")</script>";
    let mut content = sample::content();
    let json = serde_json::to_string(&content).unwrap_or_default();
    content.title = EVIL.to_owned();
    content.about = EVIL.to_owned();
    content.warnings[0].message = EVIL.to_owned();
    content.parameters[0].value = EVIL.to_owned();
    content.cohorts[0].name = EVIL.to_owned();
    content.cohorts[0].left_out[0].reason = EVIL.to_owned();
    content.cohorts[0].left_out[0].subjects[0] = EVIL.to_owned();
    content.cohorts[0].splits[0].name = EVIL.to_owned();
    content.models[0].layers[0].path = EVIL.to_owned();
    content.models[0].critics[0].name = EVIL.to_owned();
    content.stages[0].curves[0].variant = EVIL.to_owned();
    content.stages[0].curves[0].runs[0].fold = EVIL.to_owned();
    content.scores[0].metric = Quantity::with_unit(EVIL, EVIL);
    content.scores[0].variants[0].variant = EVIL.to_owned();
    content.comparisons[0].contrasts[0].first = EVIL.to_owned();
    content.confusions[0].classes[0] = EVIL.to_owned();
    content.regressions[0].points[0].subject = EVIL.to_owned();
    content.pictures[0].pictures[0].subject = EVIL.to_owned();
    content.deviations[0].regions[0].name = EVIL.to_owned();
    content.deviations[0].groups[0].name = EVIL.to_owned();
    if let Some(provenance) = &mut content.provenance {
        provenance.command = EVIL.to_owned();
        provenance.tasks[0].fingerprint = "\" onload=\"alert(1)".to_owned();
    }
    let page = render(&content);
    assert!(json.contains("<script>"), "the sample itself has one, in a table");
    assert!(!page.contains("<script"));
    assert!(!page.contains("\" onload="));
    assert!(page.contains("&lt;script&gt;"));
}

#[test]
fn a_critic_is_listed_beside_the_model_that_is_to_fool_it() {
    let page = render(&sample::content());
    assert!(page.contains("Layers of scanner, a critic that ad is trained to fool."));
    assert!(page.contains("scanner.Linear_2") && page.contains(&number::count(8_451)), "its layers and their sum");
}

#[test]
fn the_page_fetches_nothing() {
    let page = render(&sample::content());
    for fetch in ["http://", "https://", "src=\"h", "src=\"/", "@import", "<link"] {
        assert!(!page.contains(fetch), "{fetch}");
    }
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    assert_eq!(render(&sample::content()), render(&sample::content()));
}

#[test]
fn content_survives_json_with_its_missing_numbers() -> serde_json::Result<()> {
    for content in [sample::content(), extreme(), ReportContent::default()] {
        let text = serde_json::to_string(&content)?;
        let back: ReportContent = serde_json::from_str(&text)?;
        assert_eq!(serde_json::to_string(&back)?, text);
        assert_eq!(render(&back), render(&content));
    }
    Ok(())
}

#[test]
fn every_element_that_is_opened_is_closed() {
    const VOID: [&str; 4] = ["!DOCTYPE", "meta", "br", "img"];
    let page = render(&sample::content());
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1) {
        let name = tag.split(|c: char| c.is_whitespace() || c == '>').next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), Some(closed)),
            None if VOID.contains(&name) => {}
            None => open.push(name),
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}
