//! What can be called, whatever table or file it stands in: its parameters with what they take, defaults and documentation.

use fascicle_lang::compile::{AnalysisReference, Entry, Takes};
use fascicle_lang::names::{Names, SymbolId, SymbolKind};
use fascicle_lang::ops::{Arity, Default, ParameterType, Stanza};
use fascicle_syntax::{DeclarationKind, Parameter, Span, TypeKind};

/// Something that is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Callable {
    /// Its name.
    pub name: String,
    /// What it is: "operator", "block", "optimizer".
    pub kind: &'static str,
    /// What it is given when it is called.
    pub parameters: Vec<Accepted>,
    /// What it is applied to, where that is not among its arguments: `x: [c, d, h, w]`.
    pub inputs: Vec<String>,
    /// What comes out, where a signature says it.
    pub result: String,
    /// Its documentation.
    pub doc: String,
    /// The paper or the package that it follows.
    pub source: String,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// Its name.
    pub name: String,
    /// What it takes, in words or as its type.
    pub takes: String,
    /// What holds where it is not given, as the language spells it; empty for nothing, `None` where it must be given.
    pub default: Option<String>,
    /// One line.
    pub doc: String,
    /// Whether it is given by name alone.
    pub by_name: bool,
    /// Whether it is a value that is read, of which no name is said.
    pub reads: bool,
    /// The words that it can be.
    pub words: Vec<String>,
}

impl Callable {
    /// An operator.
    pub fn operator(stanza: &'static Stanza) -> Self {
        let reads: Vec<&str> = match stanza.arity {
            Arity::Exactly(names) => names.to_vec(),
            Arity::AtLeast(_) => vec!["values"],
        };
        let made = stanza.makes_a_module();
        let read = |name: &&str| Accepted {
            name: (*name).to_owned(),
            takes: "a value".into(),
            default: None,
            doc: "what is read; what stands before `|>` is the first".into(),
            by_name: false,
            reads: true,
            words: Vec::new(),
        };
        let many = matches!(stanza.arity, Arity::AtLeast(_));
        let own = stanza.parameters.iter().filter(|p| p.name != "prior").map(|p| Accepted {
            name: p.name.to_owned(),
            takes: taken(p.ty),
            default: spelled(p.default),
            doc: p.doc.to_owned(),
            by_name: many && !made,
            reads: false,
            words: words(p.ty),
        });
        let before = if made { Vec::new() } else { reads.iter().map(read).collect() };
        Self {
            name: stanza.name.to_owned(),
            kind: "operator",
            parameters: before.into_iter().chain(own).collect(),
            inputs: if made { reads.iter().map(|name| (*name).to_owned()).collect() } else { Vec::new() },
            result: String::new(),
            doc: stanza.doc.to_owned(),
            source: stanza.source.to_owned(),
        }
    }

    /// An entry of the reference.
    pub fn entry(entry: &Entry) -> Self {
        let parameters = entry.parameters.iter().map(|p| Accepted {
            name: p.name.to_owned(),
            takes: p.accepts(),
            default: p.default().map(|default| match default.parse::<f64>() {
                Ok(number) => number_as_written(number),
                Err(_) => default,
            }),
            doc: p.doc.to_owned(),
            by_name: p.by_name,
            reads: false,
            words: match p.takes {
                Takes::Word(words) => words.iter().map(|word| (*word).to_owned()).collect(),
                Takes::Flag(_) => vec!["true".into(), "false".into()],
                _ => Vec::new(),
            },
        });
        Self {
            name: entry.name.to_owned(),
            kind: entry.chapter.one(),
            parameters: parameters.collect(),
            inputs: Vec::new(),
            result: String::new(),
            doc: entry.doc.to_owned(),
            source: entry.source.to_owned(),
        }
    }

    /// An analysis.
    pub fn analysis(reference: &AnalysisReference) -> Self {
        let parameters = reference.parameters.iter().map(|p| Accepted {
            name: p.name.to_owned(),
            takes: p.takes.clone(),
            default: p.default.clone(),
            doc: String::new(),
            by_name: false,
            reads: false,
            // `one of` parameters are told in words, each between backquotes.
            words: match p.takes.starts_with('`') {
                true => p.takes.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
                false => Vec::new(),
            },
        });
        Self {
            name: reference.name.to_owned(),
            kind: "analysis",
            parameters: parameters.collect(),
            inputs: Vec::new(),
            result: reference.fields.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "),
            doc: reference.doc.to_owned(),
            source: reference.source.to_owned(),
        }
    }

    /// A block or a loss of a file or of the library; `None` for anything else.
    pub fn declared(names: &Names, id: SymbolId) -> Option<Self> {
        let declaration = names.declaration(id)?;
        let text = |span: Span| names.sources().text(span).split_whitespace().collect::<Vec<_>>().join(" ");
        let accepted = |p: &Parameter| Accepted {
            name: p.name.text.clone(),
            takes: p.ty.as_ref().map_or(String::new(), |ty| text(ty.span)),
            default: p.default.as_ref().map(|default| text(default.span)),
            doc: String::new(),
            by_name: false,
            reads: false,
            words: match p.ty.as_ref().map(|ty| &ty.kind) {
                Some(TypeKind::Named { options: Some(options), .. }) => {
                    options.iter().map(|o| o.text.clone()).collect()
                }
                Some(TypeKind::Named { name, .. }) if name.text == "bool" => vec!["true".into(), "false".into()],
                _ => Vec::new(),
            },
        };
        let spelled = |p: &Parameter| match &p.ty {
            Some(ty) => format!("{}: {}", p.name.text, text(ty.span)),
            None => p.name.text.clone(),
        };
        let (kind, name, parameters, inputs, result) = match &declaration.kind {
            DeclarationKind::Block(block) => (
                "block",
                &block.name,
                block.parameters.iter().map(accepted).collect(),
                block.inputs.iter().map(spelled).collect(),
                block.result.as_ref().map_or(String::new(), |ty| text(ty.span)),
            ),
            DeclarationKind::Loss { name, parameters, .. } => {
                ("loss", name, parameters.iter().map(accepted).collect(), Vec::new(), String::new())
            }
            _ => return None,
        };
        let is_itself = matches!(names.symbol(id).kind, SymbolKind::Block | SymbolKind::Loss);
        is_itself.then(|| Self {
            name: name.text.clone(),
            kind,
            parameters,
            inputs,
            result,
            doc: declaration.doc.clone(),
            source: String::new(),
        })
    }

    /// `Conv3d(filters, kernel: 3, ..)`: the head, and where each parameter stands in it.
    pub fn head(&self) -> (String, Vec<(usize, usize)>) {
        let mut head = format!("{}(", self.name);
        let mut places = Vec::with_capacity(self.parameters.len());
        for (at, parameter) in self.parameters.iter().enumerate() {
            if at > 0 {
                head.push_str(", ");
            }
            let start = head.len();
            head.push_str(&parameter.name);
            match &parameter.default {
                Some(default) if !default.is_empty() => head.push_str(&format!(": {default}")),
                Some(_) => head.push('?'),
                None => {}
            }
            places.push((start, head.len()));
        }
        head.push(')');
        if !self.inputs.is_empty() {
            head.push_str(&format!("({})", self.inputs.join(", ")));
        }
        if !self.result.is_empty() {
            head.push_str(&format!(" -> {}", self.result));
        }
        (head, places)
    }

    /// The parameter that an argument gives: of its name, or of its position among those without one.
    pub fn parameter(&self, name: Option<&str>, position: usize, piped: bool) -> Option<usize> {
        if let Some(name) = name {
            return self.parameters.iter().position(|p| p.name == name);
        }
        let skipped = usize::from(piped && self.parameters.first().is_some_and(|p| p.reads));
        let reads = self.parameters.iter().filter(|p| p.reads).count();
        // All that an operator of many values is given by position is read.
        if reads == 1 && self.parameters.iter().skip(1).all(|p| p.by_name) && reads < self.parameters.len() {
            return Some(0);
        }
        let open: Vec<usize> = (0..self.parameters.len()).filter(|at| !self.parameters[*at].by_name).collect();
        open.get(position + skipped).or(open.last().filter(|_| self.takes_the_rest())).copied()
    }

    fn takes_the_rest(&self) -> bool {
        self.parameters
            .last()
            .is_some_and(|p| p.takes.starts_with("a list of whole numbers") || p.takes.contains("one behind"))
    }
}

fn taken(ty: ParameterType) -> String {
    match ty {
        ParameterType::Int { at_least } => format!("a whole number of at least {at_least}"),
        ParameterType::Real { low, high } => match (low > f64::MIN, high < f64::MAX) {
            (true, true) => format!("a number from {low} to {high}"),
            (true, false) if low == f64::MIN_POSITIVE => "a number above 0".into(),
            (true, false) => format!("a number of at least {low}"),
            _ => "a number".into(),
        },
        ParameterType::Bool => "`true` or `false`".into(),
        ParameterType::Extent { at_least } => format!("a whole number of at least {at_least}, or one for each axis"),
        ParameterType::Padding => "a whole number, one for each axis, or `same`".into(),
        ParameterType::Ints => "a list of whole numbers".into(),
        ParameterType::Reals => "a list of numbers".into(),
        ParameterType::Word(words) => listed(words),
        ParameterType::WordOrReals(words) => format!("{}, or a list of numbers", listed(words)),
    }
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn words(ty: ParameterType) -> Vec<String> {
    match ty {
        ParameterType::Word(words) | ParameterType::WordOrReals(words) => {
            words.iter().map(|w| (*w).to_owned()).collect()
        }
        ParameterType::Bool => vec!["true".into(), "false".into()],
        ParameterType::Padding => vec!["same".into()],
        _ => Vec::new(),
    }
}

fn spelled(default: Default) -> Option<String> {
    match default {
        Default::Required => None,
        Default::None => Some(String::new()),
        Default::Int(number) => Some(number.to_string()),
        Default::Real(number) => Some(number_as_written(number)),
        Default::Bool(flag) => Some(flag.to_string()),
        Default::Word(word) => Some(word.to_owned()),
    }
}

/// `1e-8`, not a row of zeros.
fn number_as_written(number: f64) -> String {
    if number != 0.0 && number.abs() < 1e-2 { format!("{number:e}") } else { number.to_string() }
}
