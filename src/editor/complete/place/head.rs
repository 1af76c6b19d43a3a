//! Heads of declarations: names of models, types, inputs, targets.

use super::entry_proposal;
use crate::complete::list::{List, Proposal, ProposalKind};
use crate::complete::{Asked, value};
use fascicle_lang::compile::{Chapter, entries};
use fascicle_lang::names::SymbolKind;
use fascicle_syntax::{InputWord, LexemeKind};

/// Types of params and of blocks' parameters.
const PARAM_TYPES: [(&str, &str); 6] = [
    ("int", "a whole number"),
    ("real", "a number"),
    ("bool", "`true` or `false`"),
    ("text", "a text in quotes"),
    ("one_of", "one of these words: one_of(a, b)"),
    ("block", "a block or an operator"),
];

/// Whether the caret stands before the `=` or the body of a declaration.
pub(in crate::complete) fn is_head(asked: &Asked<'_>) -> bool {
    const WITH_HEADS: [&str; 8] = ["param", "modality", "condition", "target", "block", "loss", "model", "baseline"];
    if !WITH_HEADS.contains(&asked.context.keyword()) {
        return false;
    }
    let mut depth = 0;
    let mut square = 0;
    !asked.context.before.iter().any(|(range, kind)| {
        let word = &asked.text[range.clone()];
        depth += i32::from(word == "(") - i32::from(word == ")");
        square += i32::from(word == "[") - i32::from(word == "]");
        let body =
            word == "{" && asked.context.open.iter().any(|o| o.at == range.start) && !is_level_list(asked, range.start);
        depth == 0 && square == 0 && (word == "=" && *kind == LexemeKind::Operator || body)
    })
}

/// `class{`: braces that hold levels.
pub(in crate::complete) fn is_level_list(asked: &Asked<'_>, at: usize) -> bool {
    asked.text.get(..at).is_some_and(|before| {
        let before = before.trim_end_matches(|c: char| c != ' ' && c != ':' && c != '\n');
        before.trim_end().ends_with(':')
    })
}

/// What follows a keyword.
pub(in crate::complete) fn head(asked: &Asked<'_>, list: &mut List<'_>, keyword: &str) {
    match keyword {
        "train" => value::named(asked, list, 0, |kind| kind == SymbolKind::Model),
        "ensemble" => value::named(asked, list, 0, |kind| kind == SymbolKind::Model),
        "score" | "compare" => models(asked, list),
        _ => {}
    }
}

pub(in crate::complete) fn models(asked: &Asked<'_>, list: &mut List<'_>) {
    value::named(asked, list, 0, |kind| {
        matches!(kind, SymbolKind::Model | SymbolKind::Baseline | SymbolKind::PackedModel)
    });
}

/// In the head of a declaration: types, inputs, targets.
pub(in crate::complete) fn in_head(asked: &Asked<'_>, list: &mut List<'_>, keyword: &str, last: &str) {
    match (keyword, last) {
        ("param", _) => types(list),
        ("modality" | "condition" | "target", ":") => {
            let wanted: &[&str] = match keyword {
                "target" => &["class", "real", "mask", "volume", "image", "slices"],
                "condition" => &["vector", "class", "real"],
                _ => &["volume", "image", "slices", "vector", "mask", "tensor"],
            };
            for (at, name) in wanted.iter().enumerate() {
                let entry = entries().find(|e| e.chapter == Chapter::InputType && e.name == *name);
                if let Some(entry) = entry {
                    let insert = match *name {
                        "class" => "class{${1:A, B}}",
                        "real" => "real",
                        "vector" => "vector[${1:_}]",
                        "volume" => "volume[${1:1, 64, 64, 64}]",
                        "mask" => "mask[${1:64, 64, 64}]{${2:rest, lesion}}",
                        "tensor" => "tensor[${1:8, 16}]",
                        _ => "",
                    };
                    let proposal = entry_proposal(entry, ProposalKind::Type, at as u8);
                    list.add(match insert {
                        "" => proposal.snippet(format!("{name}[${{1:1, 64, 64}}]")),
                        text => proposal.snippet(text),
                    });
                }
            }
        }
        // A name of the file's own.
        ("block" | "loss", "(" | ",") => {}
        ("block" | "loss", ":") => {
            types(list);
            for (word, said) in [("normal", "a diagonal Gaussian: normal[n]"), ("real", "one number a subject")] {
                list.add(Proposal::new(word, ProposalKind::Type, 1).detail(said));
            }
        }
        ("model" | "baseline", "->") => {
            value::named(asked, list, 0, |kind| kind == SymbolKind::Input(InputWord::Target))
        }
        ("model" | "baseline", _) => {
            value::named(asked, list, 0, |kind| {
                matches!(
                    kind,
                    SymbolKind::Input(InputWord::Modality | InputWord::Condition)
                        | SymbolKind::Group
                        | SymbolKind::Model
                )
            });
        }
        _ => value::in_scope(asked, list, 1),
    }
}

pub(in crate::complete) fn types(list: &mut List<'_>) {
    for (name, said) in PARAM_TYPES {
        let proposal = Proposal::new(name, ProposalKind::Type, 0).detail(said);
        list.add(if name == "one_of" { proposal.snippet("one_of(${1:a}, ${2:b})") } else { proposal });
    }
}

/// The words of a `param`'s own type, before the declaration can be read: `one_of(a, b) =`.
pub(in crate::complete) fn type_words(asked: &Asked<'_>) -> Vec<Proposal> {
    let words: Vec<&str> = asked.context.before.iter().map(|(range, _)| &asked.text[range.clone()]).collect();
    let option = |word: &&str| Proposal::new(word, ProposalKind::Word, 0).detail("option");
    match words.iter().position(|word| *word == "one_of") {
        Some(at) => {
            let inner = words[at + 1..].iter().take_while(|word| **word != ")");
            inner.filter(|word| !matches!(**word, "(" | ",")).map(option).collect()
        }
        None if words.contains(&"bool") => ["true", "false"].iter().map(option).collect(),
        None => Vec::new(),
    }
}
