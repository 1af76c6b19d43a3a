//! The words that editors colour are those of the grammar and of the compiler's tables.
//!
//! `UPDATE_EDITORS=1 cargo test --test editors` writes them into the files of `editors`: between `words: NAME` and
//! `words: end`, and into the patterns of the TextMate grammar whose comment says `words: NAME`.

use fascicle::compile::{Chapter, analyses, entries};
use fascicle::ops;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Longest line that is written.
const WIDTH: usize = 110;
/// Declarations behind whose word stands something else than the name they declare.
const UNNAMED: [&str; 5] = ["extends", "train", "ensemble", "score", "compare"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The words in quotes of a rule of the grammar.
fn of_rule(grammar: &str, rule: &str) -> BTreeSet<String> {
    let start = grammar.find(&format!("\n{rule} ")).unwrap_or_else(|| panic!("the grammar has no rule {rule}"));
    let body = &grammar[start..start + grammar[start + 1..].find('}').map_or(0, |end| end + 1)];
    let quoted = body.split('"').skip(1).step_by(2);
    quoted.filter(|word| word.chars().all(|c| c.is_ascii_alphabetic())).map(String::from).collect()
}

type Words = BTreeMap<&'static str, BTreeSet<String>>;

fn words() -> Words {
    let grammar = read("grammar/fx.pest");
    let all = |words: &[&str]| words.iter().map(ToString::to_string).collect::<BTreeSet<String>>();
    let declaration = all(fascicle::syntax::DECLARATION_WORDS);
    let constant = all(&["true", "false", "prior"]);
    let mut link = of_rule(&grammar, "clause_link");
    link.extend(of_rule(&grammar, "group_op"));
    link.extend(all(&["over", "as", "without"]));
    let reserved = of_rule(&grammar, "reserved");
    let control: BTreeSet<String> =
        reserved.difference(&link).filter(|word| !constant.contains(*word)).cloned().collect();
    let of = |chapters: &[Chapter]| -> BTreeSet<String> {
        entries().filter(|entry| chapters.contains(&entry.chapter)).map(|entry| entry.name.to_string()).collect()
    };
    let clause_chapters = [Chapter::Clause, Chapter::CohortClause, Chapter::SearchClause];
    let mut clause = of(&clause_chapters);
    clause.insert("compare".into());
    let mut types = of(&[Chapter::InputType]);
    types.extend(all(&["int", "real", "bool", "text", "one_of", "list", "normal"]));
    let everything: BTreeSet<String> = ops::table()
        .map(|stanza| stanza.name)
        .chain(entries().filter(|e| !clause_chapters.contains(&e.chapter)).map(|entry| entry.name))
        .chain(analyses().map(|analysis| analysis.name))
        .map(String::from)
        .collect();
    let is_capital = |word: &&String| word.starts_with(|c: char| c.is_ascii_uppercase());
    let layer: BTreeSet<String> = everything.iter().filter(is_capital).cloned().collect();
    let known = [&declaration, &constant, &link, &control, &types, &layer, &clause];
    let function = everything.into_iter().filter(|word| !known.iter().any(|set| set.contains(word))).collect();
    BTreeMap::from([
        ("declaration", declaration),
        ("control", control),
        ("link", link),
        ("constant", constant),
        ("type", types),
        ("layer", layer),
        ("function", function),
        ("clause", clause),
    ])
}

fn of<'w>(words: &'w Words, name: &str) -> Vec<&'w str> {
    let found = words.get(name).unwrap_or_else(|| panic!("there are no words `{name}`"));
    found.iter().map(String::as_str).collect()
}

/// Declarations that a name follows.
fn named(words: &Words) -> Vec<&str> {
    of(words, "declaration").into_iter().filter(|word| !UNNAMED.contains(word) && *word != "use").collect()
}

/// Items on lines that are not too long, each line behind the same blanks.
fn wrapped(items: &[String], separator: &str, indent: &str) -> String {
    let mut lines: Vec<String> = vec![indent.to_string()];
    for item in items {
        let last = lines.last_mut().expect("a line");
        let glue = if last.trim().is_empty() { "" } else { separator };
        if last.len() + glue.len() + item.len() > WIDTH && !last.trim().is_empty() {
            last.push_str(separator.trim_end());
            lines.push(format!("{indent}{item}"));
        } else {
            last.push_str(glue);
            last.push_str(item);
        }
    }
    lines.join("\n")
}

fn quoted(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| format!("\"{word}\"")).collect()
}

/// What stands between `words: NAME` and `words: end`, by the kind of file; `inside` is what stands there now.
fn rendered(words: &Words, name: &str, kind: &str, inside: &[&str]) -> String {
    let list = of(words, name);
    match kind {
        "js" | "py" => {
            let (open, close, end) = if kind == "js" { ("[", "]", ";") } else { ("(", ")", "") };
            let heads = inside.iter().filter_map(|line| line.split_once(" = ").map(|(head, _)| head));
            let arrays = heads.map(|head| {
                let own: Vec<&str> = match head {
                    "const NAMED" => named(words),
                    "const UNNAMED" => UNNAMED.to_vec(),
                    _ => list.clone(),
                };
                format!(
                    "{head} = {open}\n{},\n{close}{end}",
                    wrapped(&quoted(&own), ", ", if kind == "js" { "  " } else { "    " })
                )
            });
            arrays.collect::<Vec<_>>().join("\n")
        }
        "el" => {
            let head = inside.iter().find_map(|line| line.strip_prefix("(defconst ")).unwrap_or("");
            let head = head.split([' ', '\n']).next().unwrap_or("");
            format!("(defconst {head}\n  '(\n{}))", wrapped(&quoted(&list), " ", "    "))
        }
        "vim" => {
            let group: String = {
                let mut letters = name.chars();
                let first = letters.next().map_or(String::new(), |c| c.to_uppercase().to_string());
                format!("fascicle{first}{}", letters.as_str())
            };
            match name {
                "declaration" => format!("syntax match {group} /^\\({}\\)\\>/", list.join("\\|")),
                "clause" => {
                    format!("syntax match {group} /^\\s\\+\\({}\\)\\>\\ze\\([ \\t]*[:(.]\\)\\@!/", list.join("\\|"))
                }
                _ => {
                    let plain: Vec<String> = list.iter().map(ToString::to_string).collect();
                    let text = wrapped(&plain, " ", "");
                    text.lines().map(|line| format!("syntax keyword {group} {line}")).collect::<Vec<_>>().join("\n")
                }
            }
        }
        "scm" => {
            let capture = match name {
                "type" => "type.builtin",
                "layer" => "constructor",
                "clause" => "attribute",
                _ => "function.builtin",
            };
            let text = wrapped(&quoted(&list), " ", "  ");
            format!("((identifier) @{capture} (#any-of? @{capture}\n{text}))")
        }
        other => panic!("nobody knows how .{other} has words"),
    }
}

/// A file with the words of today.
fn written(words: &Words, path: &str, text: &str) -> String {
    let kind = path.rsplit('.').next().unwrap_or("");
    if kind == "json" {
        return patterns(words, text);
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        out.push(lines[at].to_string());
        let name = lines[at].split_once(" words: ").map(|(_, name)| name.trim());
        if let Some(name) = name.filter(|name| *name != "end" && !name.contains(' ')) {
            let end = (at + 1..lines.len()).find(|l| lines[*l].contains("words: end"));
            let end = end.unwrap_or_else(|| panic!("{path}: `words: {name}` has no end"));
            out.push(rendered(words, name, kind, &lines[at + 1..end]));
            at = end;
        } else {
            at += 1;
        }
    }
    out.join("\n") + "\n"
}

/// The TextMate grammar with the patterns of today.
fn patterns(words: &Words, text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\"words: ") {
        let (name, behind) = behind.split_once('"').expect("a closed comment");
        let (between, behind) = behind.split_once("\"match\": \"").expect("a pattern behind the words");
        let (_, behind) = behind.split_once('"').expect("a closed pattern");
        let pattern = match name {
            "declared" => format!("^({})\\\\s+([A-Za-z_][A-Za-z0-9_]*)", named(words).join("|")),
            "declaration" => format!("^(?:{})\\\\b", of(words, name).join("|")),
            "clause" => format!("(?<=^\\\\s{{1,40}}|[{{,]\\\\s?)(?:{})\\\\b(?!\\\\s*[:(.])", of(words, name).join("|"))
                .replace("(?<=^\\\\s{1,40}|[{,]\\\\s?)", "(?:^\\\\s+|(?<=[{,] ))"),
            _ => format!("(?<!\\\\.)\\\\b(?:{})\\\\b(?!\\\\s*:(?!:))", of(words, name).join("|")),
        };
        out.push_str(&format!("{before}\"words: {name}\"{between}\"match\": \"{pattern}\""));
        rest = behind;
    }
    out + rest
}

const FILES: [&str; 9] = [
    "editors/vscode/syntaxes/fascicle.tmLanguage.json",
    "editors/tree-sitter/grammar.js",
    "editors/tree-sitter/queries/highlights.scm",
    "editors/emacs/fascicle-mode.el",
    "editors/neovim/syntax/fascicle.vim",
    "editors/codemirror/fascicle.js",
    "editors/highlightjs/fascicle.js",
    "editors/pygments/fascicle_lexer/__init__.py",
    "editors/zed/languages/fascicle/highlights.scm",
];

#[test]
fn editors_know_the_words_of_the_language() {
    let words = words();
    let update = std::env::var_os("UPDATE_EDITORS").is_some();
    let mut report = String::new();
    for path in FILES {
        // Zed reads the queries from its own folder.
        let source = if path.contains("zed") { "editors/tree-sitter/queries/highlights.scm" } else { path };
        let wanted = written(&words, source, &read(source));
        let found = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        if found == wanted {
            continue;
        }
        if update {
            std::fs::write(root().join(path), wanted).unwrap_or_else(|e| panic!("{path}: {e}"));
        } else {
            report.push_str(&format!("{path}\n"));
        }
    }
    assert!(
        report.is_empty(),
        "these differ from the tables; UPDATE_EDITORS=1 cargo test --test editors writes them:\n{report}"
    );
}

#[test]
fn what_a_word_is_is_known_of_every_word() {
    let words = words();
    for (name, word) in [
        ("declaration", "cohort"),
        ("control", "match"),
        ("link", "against"),
        ("type", "volume"),
        ("layer", "Conv3d"),
        ("layer", "AdamW"),
        ("function", "relu"),
        ("function", "kfold"),
        ("function", "balanced_accuracy"),
        ("clause", "minimize"),
        ("clause", "keep"),
    ] {
        assert!(words[name].contains(word), "{word} is not among {name}");
    }
}
