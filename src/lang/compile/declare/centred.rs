//! `crop(around: mass, size: [64, 96, 64], of: t1)`: boxes around a centre of mass, and whether masks are cut as their scans are.

use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::reader::{Reader, call_parts, pipe_steps};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::program::{ImageStep, InputSource, InputSpec};
use fascicle_syntax::{DeclarationKind, Expr, Fix};

/// The other ways in which `crop` says where the box lies.
const PLACES: [&str; 4] = ["at", "sagittal", "coronal", "axial"];
const EXAMPLE: &str = "for example crop(around: mass, size: [64, 96, 64])";

/// The arguments of a `crop` around a centre; `None` where it is another.
pub(super) fn around(e: &mut Evaluator<'_>, reader: &mut Reader<'_>, cohort: Option<&str>) -> Eval<Option<ImageStep>> {
    let Some(around) = reader.named("around") else {
        if reader.named("of").is_some() {
            let fix = repair::with_argument(e.sources, reader.span, "around: mass");
            let hint = "`of` says whose centre of mass it is: crop(around: mass, size: [64, 96, 64], of: t1)";
            return reader.missing_with(e, "around", hint, Some(fix));
        }
        return Ok(None);
    };
    reader.word_of(e, "around", around, &["mass"])?;
    if let Some((place, other)) = PLACES.into_iter().find_map(|place| Some((place, reader.given(place)?))) {
        let message = format!("`around` and `{place}` both say where the box lies");
        return e.fail(
            Diagnostic::error(Code::WrongArgument, other.span, message)
                .also(around.span, "around this")
                .hint(format!("leave one of them out; {EXAMPLE}"))
                .repairs(repair::without_named(e.sources, other.span)),
        );
    }
    let Some((numbers, span)) = reader.ints(e, "size")? else {
        return reader.missing(e, "size", EXAMPLE);
    };
    let extents = numbers.iter().filter_map(|n| usize::try_from(*n).ok()).filter(|n| *n > 0).collect::<Vec<_>>();
    let (Ok(size), 3) = (<[usize; 3]>::try_from(extents), numbers.len()) else {
        return e.fail(
            Diagnostic::error(
                Code::WrongArgument,
                span,
                format!(
                    "`size` around a centre takes three whole numbers above 0, right, front and up, found {numbers:?}"
                ),
            )
            .hint(EXAMPLE),
        );
    };
    let of = match reader.named("of") {
        Some(of) => Some(pattern_of(e, of, cohort)?),
        None => None,
    };
    Ok(Some(ImageStep::Around { size, of }))
}

/// The pattern of the image whose centre is meant.
fn pattern_of(e: &mut Evaluator<'_>, of: &Expr, cohort: Option<&str>) -> Eval<String> {
    let input = match e.eval(of)? {
        Value::Input(input) => input,
        other => return e.expected("the name of an image", &other, of.span),
    };
    let (spec, declared) = (&e.inputs[input], e.input_spans[input]);
    let name = spec.name.clone();
    let InputSource::Image { pattern, .. } = &spec.source else {
        return e.fail(
            Diagnostic::error(Code::KindMismatch, of.span, format!("`{name}` is no image and has no centre of mass"))
                .also(declared, "declared here")
                .hint("`of` takes a scan of the same person: of: t1"),
        );
    };
    let pattern = pattern.clone();
    // An image of every cohort is there for ours too.
    if let Some(other) = spec.cohort.clone().filter(|other| Some(other.as_str()) != cohort) {
        let ours = cohort.map_or_else(|| "every cohort".into(), |ours| format!("`{ours}`"));
        return e.fail(
            Diagnostic::error(
                Code::WrongArgument,
                of.span,
                format!("`{name}` is read from `{other}`, what is cut from {ours}: they are not of one person"),
            )
            .also(declared, "declared here")
            .hint("read both from one cohort"),
        );
    }
    Ok(pattern)
}

/// Checks where crops around a centre stand: once, before steps that learn of the training subjects, and before views. The centre
/// is that of the file, which is at hand until then.
pub(super) fn in_order(e: &mut Evaluator<'_>, written: &[&Expr], steps: &[ImageStep]) -> Eval<()> {
    let mut behind: Option<(usize, &'static str)> = None;
    for (at, step) in steps.iter().enumerate() {
        match step {
            ImageStep::Around { .. } => {
                let Some((first, why)) = behind else {
                    behind = Some((at, "an image has one centre of mass, and is cut around it once"));
                    continue;
                };
                let name = call_parts(written[first]).map_or("a step", |parts| parts.name);
                let message = format!("a crop around the centre of mass cannot stand behind `{name}`: {why}");
                return e.fail(
                    Diagnostic::error(Code::Step, written[at].span, message)
                        .also(written[first].span, "behind this")
                        .hint("cut first: image(..) |> crop(around: mass, size: [..]) |> .."),
                );
            }
            ImageStep::Rescale { each: false, .. } | ImageStep::HistogramStandardize { .. } => {
                behind = Some((at, "that one learns of the training subjects, from images that are cut already"));
            }
            ImageStep::Views { .. } => behind = Some((at, "each view would be another image")),
            _ => {}
        }
    }
    Ok(())
}

/// How an image is cut around a centre: the pattern of the file whose centre it is, and the extent.
fn cut(spec: &InputSpec) -> Option<(&str, [usize; 3])> {
    let InputSource::Image { pattern, steps, .. } = &spec.source else { return None };
    steps.iter().find_map(|step| match step {
        ImageStep::Around { size, of } => Some((of.as_deref().unwrap_or(pattern), *size)),
        _ => None,
    })
}

/// Checks that every mask is cut as some scan is, where any image of its people is cut around a centre: a lesion's own centre of
/// mass is not the head's, and a mask would lie elsewhere than what it labels.
pub(in crate::compile) fn masks(e: &mut Evaluator<'_>) -> Eval<()> {
    let is_mask = |input: usize| matches!(e.graph.inputs[input].ty.kind, crate::graph::Kind::Mask(_));
    let mut apart = Vec::new();
    for mask in (0..e.inputs.len()).filter(|input| is_mask(*input)) {
        let ours = &e.inputs[mask];
        let share = |other: &InputSpec| match (&other.cohort, &ours.cohort) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => true,
        };
        let scans: Vec<usize> = (0..e.inputs.len())
            .filter(|scan| !is_mask(*scan) && share(&e.inputs[*scan]))
            .filter(|scan| matches!(e.inputs[*scan].source, InputSource::Image { .. }))
            .collect();
        let alike = scans.iter().any(|scan| cut(&e.inputs[*scan]) == cut(ours));
        let other = scans.iter().copied().find(|scan| cut(&e.inputs[*scan]).is_some());
        if let (false, Some(scan)) = (alike, other.or(scans.first().copied())) {
            apart.push((mask, scan));
        }
    }
    all::<()>(apart.into_iter().map(|(mask, scan)| {
        let (name, other) = (e.inputs[mask].name.clone(), e.inputs[scan].name.clone());
        let hint = match cut(&e.inputs[scan]) {
            Some((_, size)) => {
                format!("cut the mask around the scan's centre: |> crop(around: mass, size: {size:?}, of: {other})")
            }
            None => format!("cut both alike: crop(around: mass, ..) of `{other}`, and crop(around: mass, .., of: {other}) of `{name}`"),
        };
        let fix = around_the_scan(e, mask, scan);
        e.fail(
            Diagnostic::error(
                Code::CutApart,
                e.input_spans[mask],
                format!("`{name}` and `{other}` are not cut around the same centre, so that the mask lies beside what it labels"),
            )
            .also(e.input_spans[scan], "cut otherwise")
            .hint(hint)
            .repairs(fix),
        )
    }))
    .map(drop)
}

/// The mask's crop around the centre of the scan: `of:` in the one that it has, or a step more.
fn around_the_scan(e: &Evaluator<'_>, mask: usize, scan: usize) -> Option<Fix> {
    let (mask, scan) = (&e.inputs[mask], &e.inputs[scan]);
    let (_, size) = cut(scan)?;
    let InputSource::Image { steps, .. } = &mask.source else { return None };
    let source = e.unit.declarations.iter().find_map(|declared| match &declared.declaration.kind {
        DeclarationKind::Input { name, source, .. } if name.text == mask.name => Some(source),
        _ => None,
    })?;
    let (_, written) = pipe_steps(source);
    match steps.iter().position(|step| matches!(step, ImageStep::Around { .. })) {
        None => {
            Some(repair::with_stage(source.span, &format!("crop(around: mass, size: {size:?}, of: {})", scan.name)))
        }
        Some(at) if steps[at] == (ImageStep::Around { size, of: None }) => {
            Some(repair::with_argument(e.sources, written.get(at)?.span, &format!("of: {}", scan.name)))
        }
        Some(_) => None,
    }
}
