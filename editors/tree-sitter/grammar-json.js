// Writes grammar.json of grammar.js: the functions that a grammar is written with, as the generator reads them.

const fs = require("node:fs");
const path = require("node:path");

const of = (value) => {
  if (typeof value === "string") return { type: "STRING", value };
  if (value instanceof RegExp) return { type: "PATTERN", value: value.source };
  return value;
};
const members = (values) => values.map(of);
globalThis.seq = (...values) => (values.length === 1 ? of(values[0]) : { type: "SEQ", members: members(values) });
globalThis.choice = (...values) => (values.length === 1 ? of(values[0]) : { type: "CHOICE", members: members(values) });
globalThis.repeat = (value) => ({ type: "REPEAT", content: of(value) });
globalThis.repeat1 = (value) => ({ type: "REPEAT1", content: of(value) });
globalThis.optional = (value) => globalThis.choice(value, { type: "BLANK" });
globalThis.field = (name, value) => ({ type: "FIELD", name, content: of(value) });
globalThis.alias = (value, name) => {
  const named = typeof name !== "string";
  return { type: "ALIAS", content: of(value), named, value: named ? name.name : name };
};
const precedence = (type) => (value, content) =>
  content === undefined ? { type, value: 0, content: of(value) } : { type, value, content: of(content) };
globalThis.prec = precedence("PREC");
globalThis.prec.left = precedence("PREC_LEFT");
globalThis.prec.right = precedence("PREC_RIGHT");
globalThis.prec.dynamic = precedence("PREC_DYNAMIC");
globalThis.token = (value) => ({ type: "TOKEN", content: of(value) });
globalThis.token.immediate = (value) => ({ type: "IMMEDIATE_TOKEN", content: of(value) });
globalThis.grammar = ({ name, word, rules, extras }) => {
  const symbols = new Proxy({}, { get: (_, symbol) => ({ type: "SYMBOL", name: symbol }) });
  return {
    name,
    word: word(symbols).name,
    rules: Object.fromEntries(Object.entries(rules).map(([rule, make]) => [rule, of(make(symbols))])),
    extras: extras(symbols).map(of),
    conflicts: [],
    precedences: [],
    externals: [],
    inline: [],
    supertypes: [],
  };
};

const made = require("./grammar.js");
fs.writeFileSync(path.join(__dirname, "grammar.json"), `${JSON.stringify(made, null, 1)}\n`);
