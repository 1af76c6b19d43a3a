//! A value that no compilation has seen, because its declaration could not be read while it was typed: the declaration up to the
//! value, with its brackets closed, compiled with what it may read and nothing else.
//!
//! ```text
//!  model m(t1) -> y { concat(a, t1 |> Conv3d(8) |> ⟨caret⟩
//!  model m(t1) -> y { concat(a, t1 |> Conv3d(8))}            trainings, scores, sweeps, other models: blank, so that places stay
//! ```

use super::Asked;
use crate::analysis::{Depth, analyse};
use crate::context::Context;
use crate::document::Document;
use fascicle_lang::compile::Seen;
use fascicle_syntax::{Block, Declaration, DeclarationKind, Expr, ExprKind, SourceId, TypeKind, parse};

/// What the widest expression that ends at a place gives.
pub(super) fn seen(asked: &Asked<'_>, end: usize) -> Option<Seen> {
    let (keyword, start) = asked.context.declaration.as_ref()?;
    if !matches!(keyword.as_str(), "model" | "block") || end <= *start {
        return None;
    }
    let text = mended(asked, *start, end)?;
    let document = Document::new(&text, 0);
    let depth = Depth { base_only: true, ..Depth::default() };
    let open = asked.workspace.open_texts();
    let analysis = analyse(&asked.snapshot.file, &document, &open, &*asked.workspace.outside, depth);
    let record = analysis.compilation.records.first()?;
    let ends = |f: &&fascicle_lang::compile::Fact| {
        let whole = f.span.source == SourceId::default() && f.span.end as usize == end;
        whole && !matches!(f.seen, Seen::Broken | Seen::Operator(_) | Seen::Declared(_))
    };
    record.facts.iter().filter(ends).max_by_key(|f| f.span.end - f.span.start).map(|f| f.seen.clone())
}

/// The text with the declaration ended at a place, and without what the value cannot depend on.
fn mended(asked: &Asked<'_>, start: usize, end: usize) -> Option<String> {
    let own = asked.text.get(start..end)?;
    // All but line ends becomes blank, byte by byte.
    let blank = |text: &str| text.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect::<String>();
    let mut text = String::with_capacity(asked.text.len() + 64);
    let mut at = 0;
    let mut whole: Vec<&Declaration> = asked.snapshot.tree().declarations.iter().collect();
    whole.retain(|d| !d.span.range().contains(&start) && may_be_read(d, own));
    for declaration in whole.iter().filter(|d| (d.span.end as usize) <= start) {
        let range = declaration.span.range();
        text.push_str(&blank(asked.text.get(at..range.start)?));
        text.push_str(asked.text.get(range.clone())?);
        at = range.end;
    }
    text.push_str(&blank(asked.text.get(at..start)?));
    text.push_str(own);
    for open in Context::at(asked.text, end).open.iter().rev() {
        text.push(match open.bracket {
            '(' => ')',
            '[' => ']',
            _ => '}',
        });
    }
    let block = asked.context.keyword() == "block";
    let applied = if block { applied(&text, start)? } else { String::new() };
    // Order means nothing: what stands behind may follow in any place.
    for declaration in whole.iter().filter(|d| d.span.start as usize >= end) {
        text.push('\n');
        text.push_str(asked.text.get(declaration.span.range())?);
    }
    text.push_str(&applied);
    Some(text)
}

/// Whether a declaration can be read by a value of a model or a block.
fn may_be_read(declaration: &Declaration, by: &str) -> bool {
    use DeclarationKind as D;
    match &declaration.kind {
        D::Use(_) | D::Extends { .. } | D::Param { .. } | D::Cohort { .. } | D::Input { .. } | D::Group { .. } => true,
        D::Block(_) | D::Loss { .. } => true,
        D::Model { name, .. } | D::UseModel { name, .. } => by.contains(&name.text),
        _ => false,
    }
}

/// A block's value is known where the block is applied: to something of the shape that its signature asks for.
fn applied(text: &str, start: usize) -> Option<String> {
    let (file, _) = parse(text, SourceId::default());
    let declaration = file.declarations.iter().find(|d| d.span.start as usize == start)?;
    let DeclarationKind::Block(block) = &declaration.kind else { return None };
    let mut found = String::new();
    let mut names = Vec::new();
    for (at, input) in block.inputs.iter().enumerate() {
        let TypeKind::Shape(shape) = &input.ty.as_ref()?.kind else { return None };
        let shape: Vec<String> = shape.iter().map(extent).map(|n| n.map(|n| n.to_string())).collect::<Option<_>>()?;
        let name = format!("completed_{at}");
        found.push_str(&format!("\nmodality {name}: tensor[{}] = given()", shape.join(", ")));
        names.push(name);
    }
    let given = given(block)?;
    let names = names.join(", ");
    found.push_str(&format!("\nmodel completed({names}) {{ {}({given})({names}) }}\n", block.name.text));
    Some(found)
}

/// The extent that a dimension of a signature stands for: a multiple of what halves several times.
fn extent(dimension: &Expr) -> Option<i64> {
    match &dimension.kind {
        ExprKind::Int(n) => Some(*n),
        ExprKind::Name(_) => Some(32),
        ExprKind::Binary { op, left, right } => match op.spelling() {
            "*" => extent(left)?.checked_mul(extent(right)?),
            "/" => extent(left)?.checked_div(extent(right)?),
            "+" => extent(left)?.checked_add(extent(right)?),
            "-" => extent(left)?.checked_sub(extent(right)?),
            _ => None,
        },
        _ => None,
    }
}

/// Values for the parameters that must be given.
fn given(block: &Block) -> Option<String> {
    let needed = block.parameters.iter().filter(|p| p.default.is_none());
    let value = |p: &fascicle_syntax::Parameter| {
        let value = match &p.ty.as_ref()?.kind {
            TypeKind::Named { name, options, .. } => match (name.text.as_str(), options) {
                ("int", _) => "4",
                ("real", _) => "0.5",
                ("bool", _) => "true",
                ("one_of", Some(options)) => &options.first()?.text,
                _ => return None,
            },
            TypeKind::Shape(_) => return None,
        };
        Some(format!("{}: {value}", p.name.text))
    };
    needed.map(value).collect::<Option<Vec<_>>>().map(|values| values.join(", "))
}
