//! Values: names in scope, operators, blocks of the library with the `use` they need, and what fits behind a `|>`.

use super::Asked;
use super::list::{List, Proposal, ProposalKind};
use crate::callable::Callable;
use fascicle_lang::compile::{Chapter, Seen, entries};
use fascicle_lang::graph::{Kind, TensorType};
use fascicle_lang::names::{Names, SymbolId, SymbolKind, names};
use fascicle_lang::ops::{self, Argument, Arguments, Arity, Default, Family, ParameterType, Stanza};
use fascicle_lang::stdlib;
use fascicle_syntax::{DeclarationKind, ExprKind, LexemeKind, SourceId, Type, TypeKind};
use std::ops::Range;
use std::sync::LazyLock;

/// What can stand where a value does: names around, functions, words that direct.
pub(super) fn values(asked: &Asked<'_>, list: &mut List<'_>) {
    in_scope(asked, list, 2);
    for stanza in ops::table() {
        list.add(operator(stanza, 5, false));
    }
    functions(list, 5);
    library(asked, list, 6, |_, _| true);
    for (word, snippet) in [
        ("if", "if ${1:condition} { ${2} } else { ${3} }"),
        ("match", "match ${1:param} {\n  ${2} => ${3},\n  else => ${4}\n}"),
        ("for", "for ${1:m} in ${2:group} { ${3} }"),
        ("fold", "fold ${1:i} in ${2:0..3} from ${3:x} { ${4:y} => ${5} }"),
        ("scan", "scan ${1:i} in ${2:0..3} from ${3:x} { ${4:y} => ${5} }"),
    ] {
        list.add(Proposal::new(word, ProposalKind::Keyword, 7).snippet(snippet));
    }
    for word in ["true", "false", "not"] {
        list.add(Proposal::new(word, ProposalKind::Keyword, 7));
    }
}

/// What begins a statement of a body.
pub(super) fn statements(asked: &Asked<'_>, list: &mut List<'_>) {
    list.add(Proposal::new("let", ProposalKind::Keyword, 1).snippet("let ${1:name} = ${0}"));
    if asked.context.keyword() == "model" {
        list.add(Proposal::new("output", ProposalKind::Keyword, 1).snippet("output ${1:name} = ${0}"));
    }
}

/// Names that are bound around or declared: those of the declaration itself first.
pub(super) fn in_scope(asked: &Asked<'_>, list: &mut List<'_>, rank: u8) {
    named(asked, list, rank, |kind| {
        !matches!(
            kind,
            SymbolKind::Cohort | SymbolKind::Protocol | SymbolKind::Sweep | SymbolKind::Search | SymbolKind::Analysis
        )
    });
}

/// Names of some kinds that can be seen.
pub(super) fn named(asked: &Asked<'_>, list: &mut List<'_>, rank: u8, wanted: impl Fn(SymbolKind) -> bool) {
    let own = asked.context.declared.as_deref();
    for id in asked.names.visible(SourceId::default(), asked.context.word.start) {
        let symbol = asked.names.symbol(id);
        // What is being typed, in a declaration that cannot be read, is no name yet.
        let typed = symbol.declared.first().is_some_and(|d| d.range().start == asked.context.word.start);
        let itself = Some(symbol.name.as_str()) == own && symbol.kind != SymbolKind::Block;
        if wanted(symbol.kind) && !typed && !(itself && symbol.owner.is_none() && symbol.within.is_none()) {
            let local = symbol.within.is_some();
            list.add(declared(asked, id, if local { rank } else { rank + 1 }));
        }
    }
}

/// A name of a file.
pub(super) fn declared(asked: &Asked<'_>, id: SymbolId, rank: u8) -> Proposal {
    let symbol = asked.names.symbol(id);
    let kind = match symbol.kind {
        SymbolKind::Block => ProposalKind::Block,
        SymbolKind::Loss => ProposalKind::Function,
        SymbolKind::Model | SymbolKind::Baseline | SymbolKind::PackedModel => ProposalKind::Model,
        SymbolKind::Param | SymbolKind::Parameter => ProposalKind::Param,
        SymbolKind::Cohort => ProposalKind::Cohort,
        SymbolKind::Column | SymbolKind::Output => ProposalKind::Field,
        SymbolKind::Level | SymbolKind::Choice => ProposalKind::Word,
        _ => ProposalKind::Value,
    };
    let proposal = Proposal::new(&symbol.name, kind, rank).documentation(super::declared(&asked.names, id));
    match Callable::declared(&asked.names, id) {
        Some(callable) => called(proposal, &callable, false),
        None => {
            let ty = type_of(asked, id).unwrap_or_else(|| symbol.kind.describe().to_owned());
            proposal.detail(ty)
        }
    }
}

/// What is known of a value: its shape.
fn type_of(asked: &Asked<'_>, id: SymbolId) -> Option<String> {
    let symbol = asked.names.symbol(id);
    if let SymbolKind::Input(_) = symbol.kind {
        let program = asked.snapshot.program()?;
        let input = program.graph.inputs.iter().find(|input| input.name == symbol.name)?;
        return Some(input.ty.to_string());
    }
    None
}

/// A call to be filled in: what must be given.
pub(super) fn called(proposal: Proposal, callable: &Callable, piped: bool) -> Proposal {
    let needed = callable.parameters.iter().filter(|p| p.default.is_none());
    let needed: Vec<&str> = needed
        .skip(usize::from(piped && callable.parameters.first().is_some_and(|p| p.reads)))
        .map(|p| p.name.as_str())
        .collect();
    let places: Vec<String> = needed.iter().enumerate().map(|(at, name)| format!("${{{}:{name}}}", at + 1)).collect();
    let (head, _) = callable.head();
    let proposal = proposal.detail(head);
    let name = &callable.name;
    let makes = name.starts_with(|c: char| c.is_ascii_uppercase());
    match (places.is_empty(), makes) {
        (true, true) => proposal.insert(format!("{name}()")),
        // A function behind a pipe that needs nothing else stands without brackets.
        (true, false) => proposal,
        (false, _) => proposal.snippet(format!("{name}({})", places.join(", "))),
    }
}

/// An operator of the table.
fn operator(stanza: &'static Stanza, rank: u8, piped: bool) -> Proposal {
    let kind = if stanza.makes_a_module() { ProposalKind::Block } else { ProposalKind::Function };
    let proposal = Proposal::new(stanza.name, kind, rank).key(format!("operator:{}", stanza.name));
    called(proposal, &Callable::operator(stanza), piped)
}

fn functions(list: &mut List<'_>, rank: u8) {
    for entry in entries().filter(|entry| entry.chapter == Chapter::Function) {
        let proposal = Proposal::new(entry.name, ProposalKind::Function, rank).key(format!(
            "{}:{}",
            entry.chapter.one(),
            entry.name
        ));
        list.add(proposal.detail(Callable::entry(entry).head().0));
    }
}

/// The parts of the library, read once.
static LIBRARY: LazyLock<Vec<(&'static str, Names)>> = LazyLock::new(|| {
    let part = |part| {
        let text = stdlib::source(part).unwrap_or("");
        (part, names(&format!("std/{part}.fx"), text, &fascicle_lang::compile::EmptyWorld))
    };
    stdlib::names().map(part).collect()
});

/// Blocks and losses of the library that the file does not take yet, with the `use` that takes them.
fn library(asked: &Asked<'_>, list: &mut List<'_>, rank: u8, wanted: impl Fn(&Names, SymbolId) -> bool) {
    for (part, names) in LIBRARY.iter() {
        for (id, symbol) in names.symbols() {
            let own = symbol.declared.first().is_some_and(|d| d.source == SourceId::default());
            let callable = matches!(symbol.kind, SymbolKind::Block | SymbolKind::Loss);
            if !own || !callable || list.has(&symbol.name) || !wanted(names, id) {
                continue;
            }
            let Some(callable) = Callable::declared(names, id) else { continue };
            let kind = if symbol.kind == SymbolKind::Block { ProposalKind::Block } else { ProposalKind::Function };
            let mut proposal = called(Proposal::new(&symbol.name, kind, rank), &callable, false);
            proposal.key = format!("std:{part}.{}", symbol.name);
            proposal.also = vec![taking(asked, part, &symbol.name)];
            list.add(proposal);
        }
    }
}

/// The edit that takes a name of the library: into the braces of a `use` of its part, or as a new `use` at the head.
fn taking(asked: &Asked<'_>, part: &str, name: &str) -> (Range<usize>, String) {
    let tree = asked.snapshot.tree();
    let mut uses = tree.declarations.iter().filter_map(|d| match &d.kind {
        DeclarationKind::Use(used) => Some((d.span, used)),
        _ => None,
    });
    let of_part =
        |path: &[fascicle_syntax::Name]| matches!(path, [std, own, ..] if std.text == "std" && own.text == part);
    for (_, used) in uses.clone() {
        if used.file.is_some() || !of_part(&used.path) {
            continue;
        }
        if let Some(last) = used.names.last() {
            let end = last.span.end as usize;
            return (end..end, format!(", {name}"));
        }
        if let [_, _, taken] = used.path.as_slice() {
            return (taken.span.range(), format!("{{{}, {name}}}", taken.text));
        }
    }
    let line = format!("use std.{part}.{name}\n");
    if let Some((last, _)) = uses.next_back() {
        let end = last.end as usize;
        return (end..end, format!("\n{}", line.trim_end()));
    }
    // Behind the doc comment at the head.
    let head = fascicle_syntax::lexemes(asked.text);
    let first = head.iter().find(|l| !matches!(l.kind, LexemeKind::Comment | LexemeKind::Doc)).map_or(0, |l| l.start);
    let documented = head.iter().take_while(|l| l.start < first).last();
    let at = match documented {
        // A comment right above the first declaration is that declaration's, unless it is the file's own at the very start.
        Some(comment) if !asked.text[comment.end..first].trim_matches([' ', '\t']).starts_with("\n\n") => {
            comment.start.min(first)
        }
        _ => first,
    };
    let at = if documented.is_some_and(|l| l.start == at) && at == 0 { first } else { at };
    let start = asked.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    (start..start, line)
}

/// What a value can go through: what accepts it first.
pub(super) fn stages(asked: &Asked<'_>, list: &mut List<'_>) {
    let value = piped(asked);
    let tensor = value.as_ref().and_then(Seen::ty);
    let fits = |stanza: &'static Stanza| tensor.is_some_and(|ty| accepts(stanza, ty));
    for id in asked.names.visible(SourceId::default(), asked.context.word.start) {
        let symbol = asked.names.symbol(id);
        let applied = matches!(symbol.kind, SymbolKind::Block | SymbolKind::Loss)
            || symbol.kind == SymbolKind::Let
            || symbol.kind == SymbolKind::Parameter && is_block(asked, id);
        if !applied {
            continue;
        }
        let fitting = match (symbol.kind, tensor) {
            (SymbolKind::Block, Some(ty)) => applies(&asked.names, id, ty),
            (SymbolKind::Let, _) => is_module(asked, id),
            _ => symbol.kind == SymbolKind::Parameter,
        };
        if symbol.kind == SymbolKind::Let && !fitting {
            continue;
        }
        list.add(declared(asked, id, if fitting { 0 } else { 4 }));
    }
    for stanza in ops::table() {
        let loss = stanza.family == Family::Loss;
        let rank = match (tensor.is_some(), fits(stanza), loss) {
            (_, true, false) => 1,
            (false, _, false) => 2,
            _ => 5,
        };
        list.add(operator(stanza, rank, true));
    }
    functions(list, 5);
    library(asked, list, 3, |names, id| tensor.is_none_or(|ty| applies(names, id, ty)));
    library(asked, list, 6, |_, _| true);
}

fn is_block(asked: &Asked<'_>, id: SymbolId) -> bool {
    let symbol = asked.names.symbol(id);
    let Some(DeclarationKind::Block(block)) = asked.names.declaration(id).map(|d| &d.kind) else { return false };
    let ty = block.parameters.iter().find(|p| p.name.text == symbol.name).and_then(|p| p.ty.as_ref());
    matches!(ty.map(|ty| &ty.kind), Some(TypeKind::Named { name, .. }) if name.text == "block")
}

/// Whether a `let` holds a module.
fn is_module(asked: &Asked<'_>, id: SymbolId) -> bool {
    let places = asked.names.places(id).filter(|o| o.span.source == SourceId::default());
    places.filter_map(|o| asked.snapshot.fact_of(o.span.range())).any(|s| matches!(s.fact.seen, Seen::Module { .. }))
}

/// What stands before the `|>`: what the last compilation that knew it says.
fn piped(asked: &Asked<'_>) -> Option<Seen> {
    let context = &asked.context;
    let pipe = context.before.len().checked_sub(1)?;
    let (last, _) = context.before.get(pipe.checked_sub(1)?)?;
    ending_at(asked, last.end)
}

/// The widest value whose text ends at a place.
pub(super) fn ending_at(asked: &Asked<'_>, end: usize) -> Option<Seen> {
    let source = SourceId::default();
    for (_, record, carry) in asked.snapshot.records() {
        let Some(then) = carry.map_or(Some(end), |carry| carry.then(end)) else { continue };
        let ends = |f: &&fascicle_lang::compile::Fact| {
            f.span.source == source
                && f.span.end as usize == then
                && !matches!(f.seen, Seen::Broken | Seen::Operator(_) | Seen::Declared(_))
        };
        // An expression in brackets ends before them.
        if let Some(fact) = record.facts.iter().filter(ends).max_by_key(|f| f.span.end - f.span.start) {
            return Some(fact.seen.clone());
        }
    }
    typed_since(asked, end).or_else(|| super::mended::seen(asked, end))
}

/// A value that no compilation has seen: a name whose type is declared.
fn typed_since(asked: &Asked<'_>, end: usize) -> Option<Seen> {
    let occurrence = asked.names.at(SourceId::default(), end.checked_sub(1)?)?;
    let symbol = asked.names.symbol(occurrence.symbol);
    if let SymbolKind::Input(_) = symbol.kind {
        let program = asked.snapshot.program()?;
        let input = program.graph.inputs.iter().position(|input| input.name == symbol.name)?;
        return Some(Seen::Tensor(program.graph.inputs[input].ty.clone(), None));
    }
    // The same name elsewhere, where it was seen.
    let mut elsewhere = asked.names.places(occurrence.symbol).filter(|o| o.span.source == SourceId::default());
    elsewhere.find_map(|o| asked.snapshot.fact_of(o.span.range()).map(|s| s.fact.seen.clone()))
}

/// Whether the shape rule of an operator accepts a value, whatever its arguments must still be.
pub(super) fn accepts(stanza: &'static Stanza, ty: &TensorType) -> bool {
    let alone = match stanza.arity {
        Arity::Exactly(reads) => reads.len() == 1,
        Arity::AtLeast(least) => least <= 1,
    };
    if !alone {
        return false;
    }
    // Of what must be given, a number that mostly fits.
    [4, 1, 2].into_iter().any(|number| {
        let given = stanza.parameters.iter().filter(|p| p.default == Default::Required);
        let given = given.map(|p| (p.name, sample(p.ty, number, ty))).collect();
        match (stanza.apply)(&Arguments::new(stanza.parameters, given), std::slice::from_ref(ty)) {
            Ok(_) => true,
            // What is refused is the number that was tried.
            Err(refusal) => refusal.argument.is_some(),
        }
    })
}

fn sample(ty: ParameterType, number: i64, of: &TensorType) -> Argument {
    match ty {
        ParameterType::Int { at_least } => Argument::Int(number.max(at_least)),
        ParameterType::Extent { at_least } => Argument::Int(number.max(at_least)),
        ParameterType::Padding => Argument::Int(0),
        ParameterType::Real { low, high } => Argument::Real(0.5f64.clamp(low, high)),
        ParameterType::Bool => Argument::Bool(true),
        ParameterType::Ints => Argument::Ints(of.shape.iter().map(|n| i64::try_from(*n).unwrap_or(1)).collect()),
        ParameterType::Reals => Argument::Reals(vec![1.0]),
        ParameterType::Word(words) | ParameterType::WordOrReals(words) => {
            Argument::Word(words.first().copied().unwrap_or("").to_owned())
        }
    }
}

/// Whether a block's signature takes a value, alone.
fn applies(names: &Names, id: SymbolId, ty: &TensorType) -> bool {
    let Some(DeclarationKind::Block(block)) = names.declaration(id).map(|d| &d.kind) else { return false };
    let [input] = block.inputs.as_slice() else { return false };
    let Some(wanted) = &input.ty else { return true };
    shape_takes(wanted, ty)
}

fn shape_takes(wanted: &Type, ty: &TensorType) -> bool {
    let (shape, normal) = match &wanted.kind {
        TypeKind::Shape(shape) => (shape.as_slice(), false),
        TypeKind::Named { name, shape, .. } => (shape.as_deref().unwrap_or(&[]), name.text == "normal"),
    };
    let kind = if normal { ty.kind == Kind::Normal } else { ty.kind == Kind::Tensor };
    let mut known: Vec<(&str, usize)> = Vec::new();
    let mut agree = true;
    for (dimension, extent) in shape.iter().zip(&ty.shape) {
        match &dimension.kind {
            ExprKind::Int(n) => agree &= usize::try_from(*n).is_ok_and(|n| n == *extent),
            // A name that stands twice is one number.
            ExprKind::Name(name) if name != "_" => match known.iter().find(|(known, _)| known == name) {
                Some((_, first)) => agree &= first == extent,
                None => known.push((name, *extent)),
            },
            _ => {}
        }
    }
    kind && agree && shape.len() == ty.shape.len()
}
