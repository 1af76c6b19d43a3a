//! Declarations to be filled in.

use super::list::{List, Proposal, ProposalKind};

/// The keyword, what it declares, and how it is written.
const DECLARATIONS: &[(&str, &str, &str)] = &[
    ("use", "names of the library or of another file", "use std.${1:blocks}.${2:ConvBnRelu}"),
    ("extends", "another file, of which some declarations are replaced", "extends \"${1:base.fx}\""),
    ("param", "a knob: set by `--set`, a sweep or a search", "param ${1:width}: ${2:int} = ${3:16}"),
    ("cohort", "people: where they are read, who is kept", "cohort ${1:people} = ${2:bids}(\"${3:data}\")"),
    (
        "modality",
        "something measured",
        "modality ${1:t1}: ${2:volume}[${3:1, 64, 64, 64}] = ${4:people}.image(\"${5:anat/*_T1w.nii.gz}\") |> ${6:zscore}",
    ),
    (
        "condition",
        "something that the rest is conditioned on",
        "condition ${1:about}: vector[${2:_}] = ${3:people}.columns(${4:age} |> standardize)",
    ),
    (
        "target",
        "something to be predicted",
        "target ${1:diagnosis}: class{${2:HC, AD}} = ${3:people}.column(\"${4:diagnosis}\")",
    ),
    ("group", "inputs that are treated alike", "group ${1:scans} = [${2:t1, t2}]"),
    (
        "block",
        "a piece of a network",
        "block ${1:Name}(${2:width: int})(x: [${3:c, d, h, w}]) -> [${4:width, d, h, w}] {\n  x |> ${0}\n}",
    ),
    ("model", "a network", "model ${1:m}(${2:t1}) -> ${3:target} {\n  ${2:t1} |> ${0}\n}"),
    (
        "baseline",
        "a method of tables to compare with",
        "baseline ${1:ridge}(${2:inputs}) -> ${3:target} = ${4:ridge}(${5})",
    ),
    ("loss", "a loss of the file's own", "loss ${1:name}(${2:prediction, truth}) = ${0}"),
    (
        "train",
        "a stage: what is minimised, and how",
        "train ${1:m} {\n  minimize ${2:cross_entropy}(${1:m}, ${3:target})\n  optimizer Adam(lr: ${4:1e-3})\n  epochs ${5:50}\n  batch ${6:16}\n}",
    ),
    ("protocol", "how people are divided", "protocol ${1:cv} = kfold(${2:5}, seed: ${3:1})"),
    ("ensemble", "several runs that predict together", "ensemble ${1:m} over ${2:folds}"),
    ("score", "what is measured of a prediction", "score ${1:m}: ${2:auc}"),
    ("compare", "models against one another", "compare ${1:m} against ${2:baseline}: ${3:mae}"),
    ("analysis", "a question asked of predictions and tables", "analysis ${1:name} = ${0}"),
    ("sweep", "variants of params, side by side", "sweep ${1:name}: ${2:param} in [${3}] { compare ${4:auc} }"),
    (
        "search",
        "settings chosen on validation people",
        "search ${1:name}: ${2:param} in ${3:log(1e-4..1e-2)} { choose ${4:mae} of ${5:m}, trials ${6:30} }",
    ),
];

/// What begins a declaration.
pub(super) fn declarations(list: &mut List<'_>) {
    for (word, said, snippet) in DECLARATIONS {
        list.add(Proposal::new(word, ProposalKind::Snippet, 0).detail(*said).snippet(*snippet));
    }
}

/// The words that begin a declaration, for a test that compares them with the grammar.
#[cfg(test)]
fn words() -> Vec<&'static str> {
    DECLARATIONS.iter().map(|(word, ..)| *word).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_declaration_has_a_snippet_that_can_be_read() {
        let mut words = super::words();
        let mut all = fascicle_syntax::DECLARATION_WORDS.to_vec();
        words.sort_unstable();
        all.sort_unstable();
        assert_eq!(words, all);
        for (word, _, snippet) in super::DECLARATIONS {
            let mut plain = String::new();
            let mut rest = *snippet;
            while let Some(at) = rest.find("${") {
                plain.push_str(&rest[..at]);
                let end = rest[at..].find('}').expect("a place is closed") + at;
                // A place may hold a brace of the language only where it is closed within.
                let inner = &rest[at + 2..end];
                plain.push_str(inner.split_once(':').map_or("x", |(_, text)| text));
                rest = &rest[end + 1..];
            }
            plain.push_str(rest);
            let (_, errors) = fascicle_syntax::parse(&plain, fascicle_syntax::SourceId::default());
            assert!(errors.is_empty() || *word == "sweep" || *word == "baseline", "{plain}: {errors:?}");
        }
    }
}
