use super::super::{LexemeKind, SourceId, lexemes, parse};
use super::{WIDTH, format};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// A program with every construct of the language, comments in odd places, nothing laid out well.
const EVERYTHING: &str = include_str!("everything.fx");

fn formatted(source: &str) -> String {
    match format(source) {
        Ok(text) => text,
        Err(errors) => panic!("{errors:#?}\n{source}"),
    }
}

/// The tree without places.
fn tree(source: &str) -> String {
    let (file, errors) = parse(source, SourceId::default());
    assert!(errors.is_empty(), "{errors:#?}\n{source}");
    let debug = format!("{file:?}");
    let mut parts = debug.split("Span {");
    let mut tree = parts.next().unwrap_or_default().to_string();
    for part in parts {
        // `source: SourceId(0), start: 0, end: 0 }`
        tree.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
    }
    tree
}

fn comments(source: &str) -> Vec<&str> {
    let found = lexemes(source).into_iter().filter(|l| matches!(l.kind, LexemeKind::Comment | LexemeKind::Doc));
    found.map(|l| source[l.start..l.end].trim_end()).collect()
}

/// Everything that is promised of any source that can be read.
fn keeps_its_promises(source: &str) -> Result<(), TestCaseError> {
    let once = match format(source) {
        Ok(text) => text,
        Err(errors) => return Err(TestCaseError::fail(format!("{errors:?}\n{source}"))),
    };
    prop_assert_eq!(tree(source), tree(&once), "another meaning:\n{}\n---\n{}", source, once);
    prop_assert_eq!(comments(source), comments(&once), "other comments:\n{}\n---\n{}", source, once);
    let twice = format(&once);
    prop_assert_eq!(twice.as_ref(), Ok(&once), "not settled:\n{}\n---\n{}", source, once);
    prop_assert!(once.is_empty() || once.ends_with('\n'), "no line end at the end:\n{}", once);
    prop_assert!(!once.contains("\n\n\n"), "two blank lines:\n{}", once);
    prop_assert!(!once.lines().any(|line| line.ends_with(' ')), "blanks at a line's end:\n{}", once);
    Ok(())
}

fn programs() -> Vec<(PathBuf, String)> {
    // The package's folder is two below the project's.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for folder in ["../shared/examples", "stdlib", "experiments"] {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
            eprintln!("skipped: there is no folder {folder}");
            continue;
        };
        let paths =
            entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "fx"));
        found.extend(paths.filter_map(|path| std::fs::read_to_string(&path).ok().map(|text| (path, text))));
    }
    found.sort();
    found
}

#[test]
fn every_program_keeps_its_meaning_and_its_comments_and_settles_at_once() {
    for (path, text) in programs() {
        if let Err(error) = keeps_its_promises(&text) {
            panic!("{}: {error}", path.display());
        }
    }
}

#[test]
fn every_construct_keeps_its_meaning_and_its_comments_and_settles_at_once() {
    keeps_its_promises(EVERYTHING).unwrap();
    assert_eq!(formatted(EVERYTHING), include_str!("everything.formatted.fx"));
}

#[test]
fn lines_of_programs_are_broken_where_they_are_too_long() {
    for (path, text) in programs() {
        for line in formatted(&text).lines() {
            let code = lexemes(line)
                .into_iter()
                .find(|l| matches!(l.kind, LexemeKind::Comment | LexemeKind::Doc))
                .map_or(line.len(), |l| l.start);
            assert!(line[..code].trim_end().chars().count() <= WIDTH, "{}: {line}", path.display());
        }
    }
}

#[test]
fn a_source_with_errors_is_refused_with_all_of_them() {
    let errors = format("param a int = 1\nparam b: int 2\nparam c: int = 3\n").unwrap_err();
    assert_eq!(errors.len(), 2);
}

#[test]
fn an_empty_source_stays_empty() {
    assert_eq!(format("").unwrap(), "");
    assert_eq!(format(" \n\t\n").unwrap(), "");
}

#[test]
fn a_source_of_comments_keeps_them() {
    assert_eq!(formatted("\n\n// a\n   // b\n\n\n\n/// c"), "// a\n// b\n\n/// c\n");
}

#[test]
fn spaces_are_set_one_way() {
    assert_eq!(formatted("param  a :int=1+2*-3"), "param a: int = 1 + 2 * -3\n");
    assert_eq!(formatted("analysis a=f( x ,y:1 .. 2 )"), "analysis a = f(x, y: 1..2)\n");
    assert_eq!(formatted("group g=[ a,b, ]"), "group g = [a, b]\n");
    assert_eq!(formatted("group g={a:x,b}"), "group g = { a: x, b }\n");
    assert_eq!(formatted("target t : class {A,B} ? = c"), "target t: class{A, B}? = c\n");
    assert_eq!(
        formatted("block B (n : int) (x : [c, 2 * d]) -> [n , d / 2] {x}"),
        "block B(n: int)(x: [c, 2*d]) -> [n, d/2] { x }\n"
    );
    assert_eq!(formatted("use std . blocks . { A ,B }"), "use std.blocks.{A, B}\n");
    assert_eq!(formatted("analysis a = not  not x and(y)"), "analysis a = not not x and (y)\n");
    assert_eq!(formatted("analysis a = near( same   subject )"), "analysis a = near(same subject)\n");
}

#[test]
fn what_the_author_had_on_one_line_stays_on_one() {
    let text = "train m { freeze parts, minimize loss(m, t) }\n";
    assert_eq!(formatted(text), text);
    let text = "analysis a = match e { x => 1, else => 2 }\n";
    assert_eq!(formatted(text), text);
    let text = "loss l(a) { let b = a; b + 1 }\n";
    assert_eq!(formatted(text), text);
}

#[test]
fn bodies_that_the_author_broke_stay_broken() {
    assert_eq!(formatted("loss l(a) { let b = a;\nb + 1 }"), "loss l(a) {\n  let b = a\n  b + 1\n}\n");
    assert_eq!(formatted("train m {\n epochs 1, batch 2 }"), "train m {\n  epochs 1\n  batch 2\n}\n");
    assert_eq!(
        formatted("analysis a = if c { 1 } else if d {\n2 } else { 3 }"),
        "analysis a = if c {\n  1\n} else if d {\n  2\n} else {\n  3\n}\n"
    );
}

#[test]
fn pipes_are_broken_one_a_line() {
    assert_eq!(formatted("analysis a = x |> f |>\n g"), "analysis a = x\n  |> f\n  |> g\n");
    let stage = "a_stage_of_some_length(1, 2, 3)";
    let long = format!("analysis a = x |> {stage} |> {stage} |> {stage}\n");
    assert_eq!(formatted(&long), format!("analysis a = x\n  |> {stage}\n  |> {stage}\n  |> {stage}\n"));
}

#[test]
fn lists_that_are_too_long_are_broken_one_item_a_line() {
    let item = "a_rather_long_name_that_takes_room_on_its_line";
    let long = format!("analysis a = f({item}, {item}, {item})\n");
    assert_eq!(formatted(&long), format!("analysis a = f(\n  {item},\n  {item},\n  {item},\n)\n"));
}

#[test]
fn rows_of_a_list_that_the_author_broke_stay_together() {
    assert_eq!(formatted("group g = [a, b,\n c, d]"), "group g = [\n  a, b,\n  c, d,\n]\n");
}

#[test]
fn the_last_argument_may_span_lines_between_its_own_brackets() {
    let text = "train m {\n  minimize sum(for i in g {\n    l1(i)\n  })\n}\n";
    assert_eq!(formatted(text), text);
}

#[test]
fn blank_lines_are_kept_one_at_a_time() {
    assert_eq!(
        formatted("param a: int = 1\n\n\n\nparam b: int = 2\nmodel m(x) {\n\n let a = x\n\n\n a\n\n}"),
        "param a: int = 1\n\nparam b: int = 2\nmodel m(x) {\n  let a = x\n\n  a\n}\n"
    );
}

#[test]
fn comments_stay_where_they_are() {
    let text = "\
/// The file.

// Before.
param a: int = 1  // behind
  // under

/// Doc.
model m(x) {  // opening
  // own line
  let a = x  // trailing

  // before the result
  f(
    a,  // the first
    // the second
    b,
    // the end
  )
    // before the stage
    |> g  // behind the stage
  // last
}
// after
";
    assert_eq!(formatted(text), text);
}

#[test]
fn trailing_comments_that_stood_under_each_other_do_so_again() {
    assert_eq!(
        formatted("param a: int = 1     // x\nparam bcd: int = 1   // y\nparam e: int = 1 // z\n"),
        "param a: int = 1    // x\nparam bcd: int = 1  // y\nparam e: int = 1  // z\n"
    );
}

#[test]
fn a_separator_is_kept_where_the_next_line_would_go_on_with_this_one() {
    assert_eq!(formatted("loss l(a) {\n let b = a;\n -b\n}"), "loss l(a) {\n  let b = a;\n  -b\n}\n");
    assert_eq!(formatted("train m {\n keep a, with b\n}"), "train m {\n  keep a,\n  with b\n}\n");
}

#[test]
fn a_value_that_would_become_a_clause_stays_below_its_word() {
    keeps_its_promises("train m {\n  minimize a, if\n c { 1 } else { 2 }\n}\n").unwrap();
}

#[test]
fn line_ends_of_windows_are_line_ends() {
    assert_eq!(
        formatted("// a\r\nparam a: int = 1 // b\r\n\r\nparam b: int = 2\r\n"),
        "// a\nparam a: int = 1  // b\n\nparam b: int = 2\n"
    );
}

/// A change to a text at one of its words.
#[derive(Debug, Clone)]
enum Change {
    Insert(usize, &'static str),
    Remove(usize),
    Swap(usize, usize),
    Lengthen(usize),
    Join(usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let at = 0usize..100_000;
    let inserted = prop::sample::select(vec![
        "\n",
        "\n\n\n",
        " ",
        "\r\n",
        " // why\n",
        "\n// own\n",
        "\n\n/// doc\n",
        " /// odd\n",
        ",",
        ";",
        "-",
        "(a)",
        "[b]",
        "x |> ",
        "not ",
        "a + ",
        "if c { a } else { b }",
        "for i in g { i }",
        "{ a: 1 }",
        "same subject",
        "1..2",
        "/re+/",
        "\n |> f",
        "\"text\"",
    ]);
    let change = prop_oneof![
        6 => (at.clone(), inserted).prop_map(|(at, text)| Change::Insert(at, text)),
        1 => at.clone().prop_map(Change::Remove),
        1 => (at.clone(), at.clone()).prop_map(|(a, b)| Change::Swap(a, b)),
        2 => at.clone().prop_map(Change::Lengthen),
        3 => at.prop_map(Change::Join),
    ];
    prop::collection::vec(change, 1..8)
}

/// The text with changes made to it, each at the beginning of a word.
fn changed(text: &str, changes: &[Change]) -> String {
    let mut text = text.to_string();
    for change in changes {
        let words = lexemes(&text);
        let Some(last) = words.len().checked_sub(1) else { break };
        let word = |at: &usize| words[at % (last + 1)];
        match change {
            Change::Insert(at, inserted) => text.insert_str(word(at).start, inserted),
            Change::Remove(at) => text.replace_range(word(at).start..word(at).end, ""),
            Change::Swap(a, b) => {
                let (a, b) = (word(a), word(b));
                let (one, other) = (text[a.start..a.end].to_string(), text[b.start..b.end].to_string());
                let (first, second) = if a.start < b.start { ((a, other), (b, one)) } else { ((b, one), (a, other)) };
                text.replace_range(second.0.start..second.0.end, &second.1);
                if a.start != b.start {
                    text.replace_range(first.0.start..first.0.end, &first.1);
                }
            }
            Change::Lengthen(at) if matches!(word(at).kind, LexemeKind::Word | LexemeKind::Capital) => {
                text.insert_str(word(at).end, "_and_so_on_for_a_good_part_of_a_line");
            }
            Change::Lengthen(_) => {}
            Change::Join(at) => {
                if let Some(next) = words.get(at % (last + 1) + 1)
                    && !matches!(word(at).kind, LexemeKind::Comment | LexemeKind::Doc)
                {
                    text.replace_range(word(at).end..next.start, " ");
                }
            }
        }
    }
    text
}

#[test]
fn a_clause_that_is_called_as_a_link_keeps_the_comma_before_it() -> Result<(), TestCaseError> {
    for word in ["against", "of", "from", "on", "with", "by"] {
        keeps_its_promises(&format!("sweep s: a in [1, 2] {{\n  compare auc, f1,\n  {word} 2\n}}\n"))?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_that_can_be_read_keeps_its_meaning_and_its_comments_and_settles_at_once(which in 0usize..100, changes in changes()) {
        let mut texts: Vec<String> = programs().into_iter().map(|(_, text)| text).collect();
        texts.push(EVERYTHING.to_string());
        let text = changed(&texts[which % texts.len()], &changes);
        // Only the declarations that can be read: one that was broken by a change must not hide the others.
        let (file, errors) = parse(&text, SourceId::default());
        if errors.is_empty() {
            keeps_its_promises(&text)?;
        } else {
            let _ = format(&text);
            for declaration in file.declarations {
                keeps_its_promises(&text[declaration.span.range()])?;
            }
        }
    }
}
