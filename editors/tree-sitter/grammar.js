/**
 * The grammar of `.fx` files for highlighting, folding and selection.
 *
 * Coarser than the compiler's (`grammar/fx.pest`), which says what is wrong: declarations, calls, arguments, bindings
 * and brackets are nodes, what stands between them is a row of words and marks. So every text that is being typed has a tree.
 */

// words: declaration
const NAMED = [
  "analysis", "baseline", "block", "cohort", "condition", "group", "loss", "modality", "model", "param",
  "protocol", "search", "sweep", "target",
];
const UNNAMED = [
  "extends", "train", "ensemble", "score", "compare",
];
// words: end
// words: control
const CONTROL = [
  "and", "else", "fold", "for", "if", "in", "let", "match", "not", "or", "output", "scan",
];
// words: end
// words: link
const LINK = [
  "against", "as", "by", "from", "of", "on", "over", "vs", "with", "without",
];
// words: end

module.exports = grammar({
  name: "fascicle",

  extras: ($) => [/\s/, $.doc_comment, $.comment],

  word: ($) => $.identifier,

  rules: {
    source_file: ($) => repeat(choice($.declaration, $.statement)),

    declaration: ($) => prec.right(seq(
      choice(
        seq(field("keyword", alias(choice(...NAMED), $.keyword)), field("name", $.identifier)),
        seq(field("keyword", alias("use", $.keyword)), optional(alias("model", $.keyword))),
        field("keyword", alias(choice(...UNNAMED), $.keyword)),
      ),
      repeat($._top_item),
    )),

    // A declaration that is being typed: its word is not known yet.
    statement: ($) => prec.right(-1, seq($.identifier, repeat($._top_item))),

    _top_item: ($) => choice(
      alias(choice(...LINK), $.link),
      $.block_type,
      $._atom,
      $.block,
      $.list,
      $.tuple,
      $._mark,
      ",",
    ),

    // The one type whose word also begins a declaration.
    block_type: () => prec(5, seq(":", "block")),

    block: ($) => seq("{", repeat(choice($.binding, $._item, ",", ";")), "}"),
    list: ($) => seq("[", repeat(choice($._item, ",")), "]"),
    tuple: ($) => seq("(", repeat(choice($._item, ",")), ")"),

    binding: ($) => seq(field("keyword", alias(choice("let", "output"), $.control)), field("name", $.identifier), "="),

    _item: ($) => choice(
      alias(choice(...CONTROL.filter((word) => word !== "let" && word !== "output")), $.control),
      alias(choice(...LINK), $.link),
      $._atom,
      $.block,
      $.list,
      $.tuple,
      $._mark,
    ),

    _atom: ($) => choice($.call, $.field, $.identifier, $.number, $.string, $.regex, $.boolean),

    call: ($) => prec(2, seq(field("function", $.identifier), $.arguments)),
    arguments: ($) => seq(token.immediate(prec(1, "(")), repeat(choice($.argument_name, $._item, ",")), ")"),
    argument_name: ($) => prec(3, seq(field("name", $.identifier), ":")),
    // `std.blocks.{ConvBlock, SepConv}` names several.
    field: ($) => prec.right(2, seq(
      token.immediate("."),
      choice(seq(field("name", $.identifier), optional($.arguments)), $.block),
    )),

    boolean: () => choice("true", "false"),
    identifier: () => /[A-Za-z_][A-Za-z0-9_]*/,
    number: () => token(seq(
      /[0-9][0-9_]*/,
      optional(/\.[0-9][0-9_]*/),
      optional(/[eE][+-]?[0-9]+/),
      optional(choice("mm", "deg", "%")),
    )),
    string: () => token(seq('"', repeat(choice(/[^"\\\n]/, /\\./)), '"')),
    regex: () => token(prec(1, seq("/", /[^0-9\/\s\\*=]/, repeat(choice(/[^\/\\\s,]/, /\\./)), "/"))),

    _mark: ($) => choice($.pipe, $.operator, ":"),
    pipe: () => "|>",
    operator: () => choice(
      "->", "=>", "??", "..=", "..", "==", "!=", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "%", "^", "?", "|",
    ),

    doc_comment: () => token(prec(2, seq("///", /[^\n\r]*/))),
    comment: () => token(prec(1, seq("//", /[^\n\r]*/))),
  },
});
