use super::*;
use proptest::prelude::*;

fn read(text: &str) -> File {
    let (file, errors) = parse(text, SourceId::default());
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    file
}

fn errors(text: &str) -> Vec<SyntaxError> {
    parse(text, SourceId::default()).1
}

fn value(text: &str) -> Expr {
    let file = read(&format!("group g = {text}"));
    match file.declarations.into_iter().next().map(|d| d.kind) {
        Some(DeclarationKind::Group { members, .. }) => members,
        other => panic!("{other:?}"),
    }
}

/// An expression with every grouping shown.
fn shown(expr: &Expr) -> String {
    let list = |items: &[Expr]| items.iter().map(shown).collect::<Vec<_>>().join(", ");
    let body = |body: &Body| body.result.as_ref().map_or(String::new(), |r| shown(r));
    match &expr.kind {
        ExprKind::Int(i) => i.to_string(),
        ExprKind::Real(r) => r.to_string(),
        ExprKind::Quantity(q, unit) => format!("{q}{unit}"),
        ExprKind::Text(text) => format!("{text:?}"),
        ExprKind::Bool(b) => b.to_string(),
        ExprKind::Regex(r) => format!("/{r}/"),
        ExprKind::Name(name) => name.clone(),
        ExprKind::Phrase(words) => words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join("_"),
        ExprKind::List(items) => format!("[{}]", list(items)),
        ExprKind::Record(fields) => {
            fields.iter().map(|(n, e)| format!("{{{}: {}}}", n.text, shown(e))).collect::<Vec<_>>().join("")
        }
        ExprKind::Call { callee, arguments } => {
            let argument =
                |a: &Argument| a.name.as_ref().map_or(String::new(), |n| n.text.clone() + ": ") + &shown(&a.value);
            format!("{}({})", shown(callee), arguments.iter().map(argument).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Index { of, by } => format!("{}[{}]", shown(of), list(by)),
        ExprKind::Field { of, name } => format!("{}.{}", shown(of), name.text),
        ExprKind::Pipe { input, stage } => format!("({} |> {})", shown(input), shown(stage)),
        ExprKind::Binary { op, left, right } => format!("({} {} {})", shown(left), op.spelling(), shown(right)),
        ExprKind::Negate(e) => format!("(-{})", shown(e)),
        ExprKind::Not(e) => format!("(not {})", shown(e)),
        ExprKind::Range { start, end, inclusive } => {
            format!("({}{}{})", shown(start), if *inclusive { "..=" } else { ".." }, shown(end))
        }
        ExprKind::For { over, body: b, .. } => format!("for {} {{{}}}", shown(over), body(b)),
        ExprKind::Scan(i) | ExprKind::Fold(i) => {
            format!("{} from {} {{{}}}", shown(&i.over), shown(&i.from), body(&i.body))
        }
        ExprKind::If { condition, then, .. } => format!("if {} {{{}}}", shown(condition), body(then)),
        ExprKind::Match { scrutinee, arms } => format!("match {} of {}", shown(scrutinee), arms.len()),
    }
}

#[test]
fn operators_bind_from_the_tightest_power_to_the_loosest_by() {
    for (text, tree) in [
        ("a + b * c ^ -d", "(a + (b * (c ^ (-d))))"),
        ("a - b - c", "((a - b) - c)"),
        ("-a ^ 2", "(-(a ^ 2))"),
        ("not a == b and c or d", "(((not (a == b)) and c) or d)"),
        ("a vs b by c", "((a vs b) by c)"),
        ("a.b by c ?? d", "(a.b by (c ?? d))"),
        ("1..n - 1", "(1..(n - 1))"),
        ("10 in 0.5..=1", "(10 in (0.5..=1))"),
        ("x |> f(1)[2].g |> h", "((x |> f(1)[2].g) |> h)"),
        ("a < b and b < c", "((a < b) and (b < c))"),
        ("f(near: same subject, by: 1)", "f(near: same_subject, by: 1)"),
        ("1.5mm + 10% - 2_000", "((1.5mm + 10%) - 2000)"),
        ("-1", "-1"),
        ("/a\\/b/", "/a/b/"),
        ("\"a\\\"b\\n\"", "\"a\\\"b\\n\""),
        ("{a: 1, b}", "{a: 1}{b: b}"),
        ("for i, j in g if i != j { i }", "for g {i}"),
        ("scan i in 1..3 from x { y => y }", "(1..3) from x {y}"),
        ("(a)", "a"),
    ] {
        assert_eq!(shown(&value(text)), tree, "{text}");
    }
}

#[test]
fn a_stage_of_a_pipe_is_a_name_or_a_call() {
    assert_eq!(errors("group g = a |> f + b").len(), 1);
}

#[test]
fn a_comma_in_a_clause_begins_a_clause_only_before_a_word_and_a_value() {
    let file = read("train m { freeze a, b, epochs 10, batch 32  compare auc, f1 with t, keep best }");
    let DeclarationKind::Train { clauses, .. } = &file.declarations[0].kind else { panic!() };
    let seen: Vec<(&str, usize)> = clauses.iter().map(|c| (c.word.text.as_str(), c.values.len())).collect();
    assert_eq!(seen, [("freeze", 2), ("epochs", 1), ("batch", 1), ("compare", 2), ("keep", 1)]);
}

#[test]
fn what_a_clause_links_is_told_from_words_that_are_read_together() {
    let file = read("sweep s: a { compare auc with mann_whitney, f1 on holdout with t, best of all }");
    let DeclarationKind::Sweep { clauses, .. } = &file.declarations[0].kind else { panic!() };
    let seen = |v: &ClauseValue| {
        v.links.iter().fold(shown(&v.value), |text, (word, e)| format!("{text} <{}> {}", word.text, shown(e)))
    };
    let seen: Vec<String> = clauses[0].values.iter().map(seen).collect();
    assert_eq!(seen, ["auc <with> mann_whitney", "f1 <on> holdout <with> t"]);
    assert_eq!((clauses[1].word.text.as_str(), seen_values(&clauses[1])), ("best", vec!["of_all".to_string()]));
    assert_eq!(shown(&value("kfold(holdout: one fold)")), "kfold(holdout: one_fold)");
}

#[test]
fn compare_is_a_declaration_and_a_clause_of_sweeps() {
    let file =
        read("compare m against b, c on holdout: mae with wilcoxon, r2\nsweep s: a {\ncompare auc against x\n}\n");
    let DeclarationKind::Compare { of, against, on, items } = &file.declarations[0].kind else { panic!() };
    let names = |list: &[super::Expr]| list.iter().map(shown).collect::<Vec<_>>().join(" ");
    assert_eq!((names(of), names(against)), ("m".to_string(), "b c".to_string()));
    assert_eq!(on.as_ref().map(|on| on.text.as_str()), Some("holdout"));
    assert_eq!((items.len(), items[0].links[0].0.text.as_str()), (2, "with"));
    let DeclarationKind::Sweep { clauses, .. } = &file.declarations[1].kind else { panic!() };
    assert_eq!(clauses[0].values[0].links[0].0.text, "against");
}

fn seen_values(clause: &Clause) -> Vec<String> {
    clause.values.iter().map(|v| shown(&v.value)).collect()
}

#[test]
fn the_doc_comment_before_a_declaration_is_its_own() {
    let file = read(
        "/// The file.\n/// Two lines.\nparam a: int = 1 // no doc\n\n/// Of b.\nparam b: int = 2\n// not a doc\ngroup g = [a]\n/// Of c.\nscore c: auc\n",
    );
    let docs: Vec<&str> = file.declarations.iter().map(|d| d.doc.as_str()).collect();
    assert_eq!(file.doc, "The file.\nTwo lines.");
    assert_eq!(docs, ["", "Of b.", "", "Of c."]);
}

#[test]
fn spans_hold_the_thing_and_nothing_around_it() {
    let text = "param a: volume[1, 2] ?  = x + y   // why\n\n  // more\n/// doc\nparam b: int = 2";
    let file = read(text);
    assert_eq!(&text[file.declarations[0].span.range()], "param a: volume[1, 2] ?  = x + y");
    let DeclarationKind::Param { default, ty, .. } = &file.declarations[0].kind else { panic!() };
    assert_eq!(&text[default.span.range()], "x + y");
    assert_eq!(&text[ty.span.range()], "volume[1, 2] ?");
}

#[test]
fn an_error_in_one_declaration_hides_none_in_the_others() {
    let (file, errors) = parse(
        "param a int = 1\nparam b: int = 2\nmodel m(x { x }\nparam c: int = 3\ngroup = [a]\n",
        SourceId::default(),
    );
    assert_eq!(file.declarations.len(), 2);
    assert_eq!(errors.len(), 3);
}

#[test]
fn a_byte_order_mark_and_any_line_end_are_read() {
    for text in ["\u{feff}param a: int = 1\r\nparam b: int = 2\r\n", "// a\rparam a: int = 1 // b\rparam b: int = 2\r"]
    {
        assert_eq!(read(text).declarations.len(), 2, "{text:?}");
    }
}

#[test]
fn the_target_programs_can_be_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/examples");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: the target programs are not here");
        return;
    };
    for path in entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "fx")) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(errors(&text), [], "{}", path.display());
    }
}

/// A mistake, what is pointed at, what is said, and how the hint begins (empty: no hint).
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    // Brackets and quotes.
    ("model m(x) {\n  x |> f\n", "{", "`{` is never closed", "add the matching `}`"),
    ("model m(x) {\n  f(x |> g\n}", "}", "`}` closes nothing: `(` is still open", "add the missing `)` before it"),
    ("analysis a = f(x))", ")", "`)` closes nothing", "remove it"),
    ("}\nparam a: int = 1", "}", "expected a declaration, found `}`", "`}` closes nothing"),
    ("analysis a = f('text')", "'", "`'` is not part of the language", "texts stand in straight double quotes"),
    ("analysis a = “text”", "“", "`“` is not part of the language", "texts stand in straight double quotes"),
    ("analysis a = f(\"text)", "\"", "a text is not closed on its line", "add the closing `\"`"),
    (
        "analysis a = f (x)",
        "(",
        "expected the end of the declaration, found `(`",
        "the bracket of a call stands right behind the name: `f(...)`",
    ),
    // Separators.
    ("analysis a = [1 2]", "2", "expected `,` or `]`, found `2`", ""),
    ("analysis a = f(x y: 2)", "y", "`y` cannot stand here", "a comma is missing before `y`"),
    ("analysis a = f(x,, y)", ",", "expected a value, found `,`", ""),
    ("target t: class{HC AD} = c", "AD", "expected `,` or `}`, found `AD`", ""),
    ("use std.blocks.{A B}", "B", "expected `,` or `}`, found `B`", ""),
    ("use model norm", "norm", "expected `from`, found the end of the declaration", ""),
    ("use model norm \"norm.fascicle\"", "\"norm.fascicle\"", "expected `from`, found `\"norm.fascicle\"`", ""),
    ("use model from \"norm.fascicle\"", "from", "expected a name, found `from`", "`from` is a word of the language"),
    ("use std.blocks.*", "*", "expected a name or `{`, found `*`", "name what is used"),
    // One mark for another.
    ("analysis a = f(x, by = 2)", "=", "expected `:`, found `=`", "write `by: 2`"),
    ("analysis a = f({a = 1})", "=", "expected `,`, `:` or `}`, found `=`", "write `a: 1`"),
    ("param a = 1", "=", "expected `:`, found `=`", "say its type: `param a: type = ...`"),
    (
        "train m {\n  epochs = 10\n}",
        "=",
        "expected a value, found `=`",
        "a clause is a word and its values, with nothing between: `epochs 10`",
    ),
    ("train m {\n  epochs: 10\n}", ":", "expected a value, found `:`", "a clause is a word and its values"),
    ("model m(x) {\n  y = x\n  y\n}", "=", "expected `}`, found `=`", "names are given with `let y = ...`"),
    ("analysis a = x | f", "|", "expected the end of the declaration, found `|`", "values are piped with `|>`"),
    (
        "analysis a = x || y",
        "|",
        "expected the end of the declaration, found `|`",
        "one of two conditions is written with `or`",
    ),
    ("analysis a = x && y", "&", "`&` is not part of the language", "conditions are joined by `and`"),
    ("analysis a = !x", "!", "`!` is not part of the language", "a condition is reversed by `not`"),
    ("analysis a = a ** 2", "*", "expected a value, found `*`", "powers are written `a ^ b`"),
    ("analysis a = match x { b -> 1 }", "->", "expected `=>`, found `->`", "arms are written `b => value`"),
    ("analysis a = a < b < c", "<", "expected the end of the declaration, found `<`", "join comparisons with `and`"),
    ("# why", "#", "expected a declaration, found `#`", "comments begin with `//`"),
    // Words.
    ("parm a: int = 1", "parm", "expected a declaration, found `parm`", "did you mean `param`?"),
    ("def f(x) { x }", "def", "expected a declaration, found `def`", "a piece of a network is declared with `block`"),
    ("import std.blocks", "import", "expected a declaration, found `import`", "other files are brought in with `use`"),
    ("let a = 1", "let", "expected a declaration, found `let`", "`let` stands inside a body"),
    (
        "param for: int = 1",
        "for",
        "expected a name, found `for`",
        "`for` is a word of the language and cannot be a name",
    ),
    ("block B(in: [n]) { x }", "in", "expected a name, found `in`", "`in` is a word of the language"),
    ("analysis a = for i of g { i }", "of", "expected `,` or `in`, found `of`", ""),
    (
        "analysis a = if x then y",
        "y",
        "expected `{`, found the end of the declaration",
        "conditionals are written `if a { b } else { c }`",
    ),
    ("ensemble m folds", "folds", "expected `over`, found `folds`", ""),
    (
        "model m(x) {\n  x\n  let y = x\n}",
        "let",
        "expected `}`, found `let`",
        "`let` comes before the result of a body",
    ),
    // What is missing.
    ("param a: = 1", "=", "expected a type, found `=`", ""),
    ("param a: int", "int", "expected `=`, found the end of the declaration", ""),
    ("param: int = 1", ":", "expected a name, found `:`", ""),
    ("model m { x }", "{", "expected `(`, found `{`", ""),
    ("model m(x) {\n  output y\n}", "}", "expected `=`, found `}`", "write `output y = ...`"),
    ("model m(x) {\n  let y x\n  y\n}", "x", "expected `=`, found `x`", "write `let y = ...`"),
    ("loss l(a, b) a - b", "a", "expected `=` or `{`, found `a`", ""),
    ("train m {\n  epochs\n}", "}", "expected a value, found `}`", ""),
    ("analysis a = x |>", "|>", "expected a value, found the end of the declaration", ""),
    ("analysis a =\nanalysis b = x", "=", "expected a value, found the end of the declaration", ""),
    ("analysis a = fold i in 1..3 from z { x }", "}", "expected `=>`, found `}`", ""),
    // Numbers and blanks.
    (
        "analysis a = 5 mm",
        "mm",
        "expected the end of the declaration, found `mm`",
        "the unit stands right behind the number: `5mm`",
    ),
    ("analysis a = 1e400", "1e400", "`1e400` is too large for a number", ""),
    (
        "analysis a = 99999999999999999999",
        "99999999999999999999",
        "`99999999999999999999` is too large for a whole number",
        "",
    ),
    ("analysis a = x.1", "1", "expected a name, found `1`", "elements are taken with square brackets: `[1]`"),
    (
        "analysis a = f(x)\u{a0}|> g",
        "\u{a0}",
        "`\\u{a0}` is not part of the language",
        "this is a blank of another kind",
    ),
];

#[test]
fn a_mistake_is_shown_where_it_is_with_what_to_do() {
    for (text, place, message, hint) in MISTAKES {
        let found = errors(text);
        let [error] = found.as_slice() else { panic!("{} errors\n{text}\n{found:#?}", found.len()) };
        assert_eq!((&text[error.span.range()], error.message.as_str()), (*place, *message), "{text}");
        let said = error.hint.as_deref().unwrap_or("");
        assert!(said.starts_with(hint) && said.is_empty() == hint.is_empty(), "{text}\nsaid: {said}\nwanted: {hint}");
    }
}

#[test]
fn text_that_is_nested_without_end_is_refused_and_does_not_overflow_the_stack() {
    let many = 20_000;
    let texts = [
        "(".repeat(many) + "x" + &")".repeat(many),
        "-".repeat(many) + "x",
        "not ".repeat(many) + "x",
        "x ^ ".repeat(many) + "x",
        "x + ".repeat(many) + "x",
        "for i in ".repeat(many) + "g { i }",
        "if c { x } else ".repeat(many) + "{ y }",
        "scan i in ".repeat(many) + "g",
        "if ".repeat(many) + "x",
    ];
    for text in texts {
        let found = errors(&format!("analysis a = {text}"));
        assert_eq!(found.len(), 1, "{}", &text[..40]);
    }
}

#[test]
fn the_deepest_text_that_is_allowed_can_be_read_and_laid_out() {
    let deep = "(".repeat(63) + "x" + &")".repeat(63);
    let sums = "x ^ 2 + ".repeat(990) + "x";
    let powers = "x ^ ".repeat(63) + "x";
    let conditions = "if c { x } else ".repeat(31) + "{ y }";
    let loops = "for i in ".repeat(63) + "g" + &" { i }".repeat(63);
    let negations = "not ".repeat(1_990) + "x";
    for text in [deep, sums, powers, conditions, loops, negations] {
        let text = format!("analysis a = {text}");
        read(&text);
        assert!(format(&text).is_ok());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(
        text in r#"((param|model|train|analysis|score|use|block|sweep|for|in|if|x|f\(|\)|\[|\]|\{|\}|"|/|//|///|1|2.5mm|\||>|=|:|,|;|\.| |é|\n|\r|\u{feff}|%|-|\^){1,3}){0,40}"#,
    ) {
        let (file, errors) = parse(&text, SourceId::default());
        for span in file.declarations.iter().map(|d| d.span).chain(errors.iter().map(|e| e.span)) {
            prop_assert!(text.get(span.range()).is_some());
        }
        let _ = format(&text);
    }

    #[test]
    fn lexemes_cover_everything_but_blanks(text in "\\PC{0,60}") {
        let mut at = 0;
        for lexeme in lexemes(&text) {
            prop_assert!(lexeme.start >= at && lexeme.end > lexeme.start);
            let blank = text[at..lexeme.start].trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            prop_assert_eq!(blank, "");
            at = lexeme.end;
        }
        prop_assert!(text[at..].trim().is_empty());
    }
}

fn kinds(text: &str) -> Vec<(&str, LexemeKind)> {
    lexemes(text).into_iter().map(|l| (&text[l.start..l.end], l.kind)).collect()
}

#[test]
fn lexemes_are_told_apart() {
    use LexemeKind::*;
    assert_eq!(
        kinds("/// d\nparam a: int = Conv(1.5mm, \"t\\\"\", 10%) // c"),
        [
            ("/// d", Doc),
            ("param", Keyword),
            ("a", Word),
            (":", Punctuation),
            ("int", Word),
            ("=", Operator),
            ("Conv", Capital),
            ("(", Bracket),
            ("1.5mm", Number),
            (",", Punctuation),
            ("\"t\\\"\"", Text),
            (",", Punctuation),
            ("10%", Number),
            (")", Bracket),
            ("// c", Comment),
        ]
    );
    assert_eq!(
        kinds("1..=5 2.5e-3 x|>f ?? 7 % 2"),
        [
            ("1", Number),
            ("..=", Operator),
            ("5", Number),
            ("2.5e-3", Number),
            ("x", Word),
            ("|>", Operator),
            ("f", Word),
            ("??", Operator),
            ("7", Number),
            ("%", Operator),
            ("2", Number),
        ]
    );
}

#[test]
fn a_slash_divides_behind_a_value_and_opens_a_regular_expression_elsewhere() {
    let regexes = |text| kinds(text).iter().filter(|(_, kind)| *kind == LexemeKind::Regex).count();
    assert_eq!(regexes("columns(/^lh_/, /a\\/b/)"), 2);
    assert_eq!(regexes("keep /^sub-(0|1)\\d+/"), 1);
    assert_eq!(regexes("d/2, h/2"), 0);
    assert_eq!(regexes("a / b / c"), 0);
    assert_eq!(regexes("(a / b) + f(c)/2"), 0);
    assert_eq!(regexes("(a /b) + (c/ d)"), 0);
    assert_eq!(kinds("\"open"), [("\"", LexemeKind::Text), ("open", LexemeKind::Word)]);
}
