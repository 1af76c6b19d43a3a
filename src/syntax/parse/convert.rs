//! pest's pairs to the tree. The grammar fixes what each pair holds, so nothing here can fail but numbers that are out
//! of range; a pair of a shape that the grammar cannot produce is reported as an error all the same, never a panic.

mod clause;

use super::concrete::{end_of, is_keyword};
use super::{Rule, SyntaxError};
use crate::tree::*;
use crate::{SourceId, Span};
use pest::iterators::{Pair, Pairs};

type Result<T> = std::result::Result<T, SyntaxError>;

pub(super) struct Convert {
    pub source: SourceId,
    pub offset: usize,
}

/// The children of a pair, taken one after the other.
struct Children<'i> {
    pairs: std::iter::Peekable<Pairs<'i, Rule>>,
    parent: Span,
}

impl<'i> Children<'i> {
    fn next(&mut self) -> Result<Pair<'i, Rule>> {
        self.pairs.next().ok_or_else(|| SyntaxError {
            message: "the parser met a form it does not know".into(),
            span: self.parent,
            related: None,
            hint: None,
            fixes: Box::default(),
        })
    }

    fn take(&mut self, rule: Rule) -> Option<Pair<'i, Rule>> {
        self.pairs.next_if(|p| p.as_rule() == rule)
    }

    fn all(&mut self, rule: Rule) -> Vec<Pair<'i, Rule>> {
        std::iter::from_fn(|| self.take(rule)).collect()
    }
}

impl Convert {
    fn span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        let text = span.as_str().trim_end();
        let end = if text.contains("//") { end_of(pair) } else { span.start() + text.len() };
        Span { source: self.source, start: (self.offset + span.start()) as u32, end: (self.offset + end) as u32 }
    }

    /// Children without the keywords, which say nothing that the rule does not.
    fn children<'i>(&self, pair: Pair<'i, Rule>) -> Children<'i> {
        let parent = self.span(&pair);
        let mut children = Children { pairs: pair.into_inner().peekable(), parent };
        children.skip_keywords();
        children
    }

    fn name(&self, pair: &Pair<'_, Rule>) -> Name {
        Name { text: pair.as_str().to_string(), span: self.span(pair) }
    }

    fn names(&self, pairs: &[Pair<'_, Rule>]) -> Vec<Name> {
        pairs.iter().map(|p| self.name(p)).collect()
    }

    pub(super) fn declaration(&mut self, mut pairs: Pairs<'_, Rule>) -> Result<Declaration> {
        let unknown = SyntaxError {
            message: "the parser met a form it does not know".into(),
            span: Span { source: self.source, start: self.offset as u32, end: self.offset as u32 },
            related: None,
            hint: None,
            fixes: Box::default(),
        };
        let outer = pairs.next().ok_or_else(|| unknown.clone())?;
        let span = self.span(&outer);
        let inner = outer.into_inner().next().ok_or(unknown)?;
        let rule = inner.as_rule();
        let mut c = self.children(inner);
        let kind = match rule {
            Rule::use_decl => self.use_decl(&mut c)?,
            Rule::use_model_decl => {
                let model = self.name(&c.next()?);
                let alias =
                    c.take(Rule::model_alias).map(|p| self.children(p).next().map(|n| self.name(&n))).transpose()?;
                c.skip_keywords();
                let name = alias.unwrap_or_else(|| model.clone());
                DeclarationKind::UseModel { name, model, file: self.expr(c.next()?)? }
            }
            Rule::extends_decl => {
                let path = c.next()?;
                let path = Name { text: unquote(path.as_str()), span: self.span(&path) };
                let without = match c.take(Rule::extends_without) {
                    Some(pair) => self.names(&self.children(pair).all(Rule::ident)),
                    None => Vec::new(),
                };
                DeclarationKind::Extends { path, without }
            }
            Rule::param_decl => DeclarationKind::Param {
                name: self.name(&c.next()?),
                ty: self.ty(c.next()?)?,
                default: self.expr(c.next()?)?,
            },
            Rule::cohort_decl => DeclarationKind::Cohort {
                name: self.name(&c.next()?),
                source: self.expr(c.next()?)?,
                clauses: self.maybe_clauses(&mut c)?,
            },
            Rule::input_decl => {
                let role = match c.next()?.as_str() {
                    "modality" => InputWord::Modality,
                    "condition" => InputWord::Condition,
                    _ => InputWord::Target,
                };
                DeclarationKind::Input {
                    role,
                    name: self.name(&c.next()?),
                    ty: self.ty(c.next()?)?,
                    source: self.expr(c.next()?)?,
                }
            }
            Rule::group_decl => DeclarationKind::Group { name: self.name(&c.next()?), members: self.expr(c.next()?)? },
            Rule::block_decl => {
                let name = self.name(&c.next()?);
                let first = self.parameters(c.next()?)?;
                let second = c.take(Rule::parameters).map(|p| self.parameters(p)).transpose()?;
                let (parameters, inputs) = match second {
                    Some(inputs) => (first, inputs),
                    None => (Vec::new(), first),
                };
                let result = match c.take(Rule::result) {
                    Some(pair) => Some(self.ty(self.children(pair).next()?)?),
                    None => None,
                };
                let body = self.body(c.next()?)?;
                DeclarationKind::Block(Block { name, parameters, inputs, result, body })
            }
            Rule::model_decl => {
                let name = self.name(&c.next()?);
                let inputs = c.next()?.into_inner().map(|p| self.postfix(p)).collect::<Result<_>>()?;
                let target =
                    c.take(Rule::model_target).map(|p| self.children(p).next().map(|t| self.name(&t))).transpose()?;
                DeclarationKind::Model { name, inputs, target, body: self.body(c.next()?)? }
            }
            Rule::baseline_decl => {
                let name = self.name(&c.next()?);
                let inputs = c.next()?.into_inner().map(|p| self.postfix(p)).collect::<Result<_>>()?;
                let mut target = self.children(c.next()?);
                let target = self.name(&target.next()?);
                let on = match c.take(Rule::train_on) {
                    Some(pair) => self.names(&self.children(pair).all(Rule::ident)),
                    None => Vec::new(),
                };
                DeclarationKind::Baseline { name, inputs, target, on, method: self.expr(c.next()?)? }
            }
            Rule::loss_decl => {
                let name = self.name(&c.next()?);
                let parameters = self.parameters(c.next()?)?;
                let value = c.next()?;
                let body = if value.as_rule() == Rule::body {
                    self.body(value)?
                } else {
                    let span = self.span(&value);
                    Body { statements: Vec::new(), result: Some(Box::new(self.expr(value)?)), span }
                };
                DeclarationKind::Loss { name, parameters, body }
            }
            Rule::train_decl => {
                let model = self.name(&c.next()?);
                let on = match c.take(Rule::train_on) {
                    Some(pair) => self.names(&self.children(pair).all(Rule::ident)),
                    None => Vec::new(),
                };
                DeclarationKind::Train { model, on, clauses: self.maybe_clauses(&mut c)? }
            }
            Rule::protocol_decl => {
                DeclarationKind::Protocol { name: self.name(&c.next()?), scheme: self.expr(c.next()?)? }
            }
            Rule::ensemble_decl => {
                let model = self.name(&c.next()?);
                c.skip_keywords();
                let over = self.name(&c.next()?);
                let arguments =
                    c.all(Rule::named_argument).into_iter().map(|p| self.named_argument(p)).collect::<Result<_>>()?;
                DeclarationKind::Ensemble { model, over, arguments }
            }
            Rule::score_decl => {
                let of = c.next()?.into_inner().map(|p| self.postfix(p)).collect::<Result<_>>()?;
                let on = c.take(Rule::score_on).map(|p| self.children(p).next().map(|n| self.name(&n))).transpose()?;
                let items = c.all(Rule::argument).into_iter().map(|p| self.argument(p)).collect::<Result<_>>()?;
                DeclarationKind::Score { of, on, items }
            }
            Rule::compare_decl => {
                let of = c.next()?.into_inner().map(|p| self.postfix(p)).collect::<Result<_>>()?;
                let against = match c.take(Rule::compare_against) {
                    Some(pair) => {
                        let others = self.children(pair).all(Rule::postfix);
                        others.into_iter().map(|p| self.postfix(p)).collect::<Result<_>>()?
                    }
                    None => Vec::new(),
                };
                let on = c.take(Rule::score_on).map(|p| self.children(p).next().map(|n| self.name(&n))).transpose()?;
                let items =
                    c.all(Rule::clause_value).into_iter().map(|p| self.clause_value(p)).collect::<Result<_>>()?;
                DeclarationKind::Compare { of, against, on, items }
            }
            Rule::analysis_decl => DeclarationKind::Analysis {
                name: self.name(&c.next()?),
                calls: c.all(Rule::expr).into_iter().map(|p| self.expr(p)).collect::<Result<_>>()?,
            },
            Rule::sweep_decl => DeclarationKind::Sweep {
                name: self.name(&c.next()?),
                axes: c.all(Rule::sweep_axis).into_iter().map(|p| self.sweep_axis(p)).collect::<Result<_>>()?,
                clauses: self.maybe_clauses(&mut c)?,
            },
            Rule::search_decl => DeclarationKind::Search {
                name: self.name(&c.next()?),
                axes: c.all(Rule::sweep_axis).into_iter().map(|p| self.sweep_axis(p)).collect::<Result<_>>()?,
                clauses: self.maybe_clauses(&mut c)?,
            },
            other => return Err(self.unknown(span, other)),
        };
        Ok(Declaration { doc: String::new(), span, kind })
    }

    fn unknown(&self, span: Span, rule: Rule) -> SyntaxError {
        SyntaxError {
            message: format!("the parser met a form it does not know ({rule:?})"),
            span,
            related: None,
            hint: None,
            fixes: Box::default(),
        }
    }

    fn use_decl(&self, c: &mut Children<'_>) -> Result<DeclarationKind> {
        let mut file = None;
        let mut path = Vec::new();
        for word in c.next()?.into_inner() {
            if word.as_rule() == Rule::text {
                file = Some(Name { text: unquote(word.as_str()), span: self.span(&word) });
            } else {
                path.push(self.name(&word));
            }
        }
        let names = self.names(&c.all(Rule::use_name));
        Ok(DeclarationKind::Use(Use { file, path, names }))
    }

    fn parameters(&self, pair: Pair<'_, Rule>) -> Result<Vec<Parameter>> {
        pair.into_inner()
            .map(|p| {
                let mut c = self.children(p);
                let name = self.name(&c.next()?);
                let ty = c.take(Rule::r#type).map(|t| self.ty(t)).transpose()?;
                let default = c.take(Rule::expr).map(|e| self.expr(e)).transpose()?;
                Ok(Parameter { name, ty, default })
            })
            .collect()
    }

    fn ty(&self, pair: Pair<'_, Rule>) -> Result<Type> {
        let span = self.span(&pair);
        let mut c = self.children(pair);
        let first = c.next()?;
        let kind = if first.as_rule() == Rule::shape {
            TypeKind::Shape(first.into_inner().map(|e| self.expr(e)).collect::<Result<_>>()?)
        } else {
            let name = self.name(&first);
            let exprs = |p: Pair<'_, Rule>| p.into_inner().map(|e| self.expr(e)).collect::<Result<Vec<_>>>();
            let shape = c.take(Rule::shape_args).map(exprs).transpose()?;
            let levels = c.take(Rule::level_args).map(|p| {
                let level = |p: Pair<'_, Rule>| Name { text: unquote(p.as_str()), span: self.span(&p) };
                p.into_inner().map(level).collect()
            });
            let options = c.take(Rule::option_args).map(|p| p.into_inner().map(|n| self.name(&n)).collect());
            TypeKind::Named { name, shape, levels, options }
        };
        Ok(Type { kind, maybe: c.take(Rule::maybe).is_some(), span })
    }

    fn body(&self, pair: Pair<'_, Rule>) -> Result<Body> {
        let span = self.span(&pair);
        let mut c = self.children(pair);
        let statements = self.statements(&mut c)?;
        let result = c.take(Rule::expr).map(|e| self.expr(e).map(Box::new)).transpose()?;
        Ok(Body { statements, result, span })
    }

    fn statements(&self, c: &mut Children<'_>) -> Result<Vec<Statement>> {
        c.all(Rule::statement)
            .into_iter()
            .map(|p| {
                let mut inner = self.children(p);
                let statement = inner.next()?;
                let output = statement.as_rule() == Rule::output_stmt;
                let mut c = self.children(statement);
                Ok(Statement { output, name: self.name(&c.next()?), value: self.expr(c.next()?)? })
            })
            .collect()
    }

    fn argument(&self, pair: Pair<'_, Rule>) -> Result<Argument> {
        let inner = self.children(pair).next()?;
        if inner.as_rule() == Rule::named_argument {
            self.named_argument(inner)
        } else {
            Ok(Argument { name: None, value: self.expr(inner)? })
        }
    }

    fn named_argument(&self, pair: Pair<'_, Rule>) -> Result<Argument> {
        let mut c = self.children(pair);
        Ok(Argument { name: Some(self.name(&c.next()?)), value: self.expr(c.next()?)? })
    }

    /// Any expression rule, from the loosest binding to the tightest. Rules that add nothing (a sum of one term) are
    /// walked through in a loop, so that depth on the stack is depth in the text.
    fn expr(&self, pair: Pair<'_, Rule>) -> Result<Expr> {
        let mut pair = pair;
        loop {
            let single = matches!(
                pair.as_rule(),
                Rule::expr
                    | Rule::grouped
                    | Rule::coalesced
                    | Rule::disjunction
                    | Rule::conjunction
                    | Rule::negation
                    | Rule::comparison
                    | Rule::piped
                    | Rule::stage
                    | Rule::range
                    | Rule::sum
                    | Rule::product
                    | Rule::unary
                    | Rule::power
                    | Rule::primary
                    | Rule::paren
            );
            let mut inner = pair.clone().into_inner();
            match (single, inner.next(), inner.next()) {
                (true, Some(only), None) => pair = only,
                _ => break,
            }
        }
        let span = self.span(&pair);
        let rule = pair.as_rule();
        match rule {
            Rule::postfix => self.postfix(pair),
            Rule::grouped | Rule::disjunction | Rule::conjunction | Rule::comparison | Rule::sum | Rule::product => {
                let mut c = self.children(pair);
                let mut left = self.expr(c.next()?)?;
                while c.pairs.peek().is_some() {
                    let spelling = c.next()?;
                    let right = self.expr(c.next()?)?;
                    let op =
                        BinaryOp::from_spelling(spelling.as_str().trim()).ok_or_else(|| self.unknown(span, rule))?;
                    left = binary(op, left, right);
                }
                Ok(left)
            }
            Rule::coalesced => {
                let mut c = self.children(pair);
                let mut left = self.expr(c.next()?)?;
                while c.pairs.peek().is_some() {
                    left = binary(BinaryOp::Coalesce, left, self.expr(c.next()?)?);
                }
                Ok(left)
            }
            Rule::piped => {
                let mut c = self.children(pair);
                let mut input = self.expr(c.next()?)?;
                while c.pairs.peek().is_some() {
                    let stage = self.expr(c.next()?)?;
                    let span = input.span.to(stage.span);
                    input = Expr { kind: ExprKind::Pipe { input: Box::new(input), stage: Box::new(stage) }, span };
                }
                Ok(input)
            }
            Rule::range => {
                let mut c = self.children(pair);
                let start = Box::new(self.expr(c.next()?)?);
                let inclusive = c.next()?.as_str() == "..=";
                let end = Box::new(self.expr(c.next()?)?);
                Ok(Expr { kind: ExprKind::Range { start, end, inclusive }, span })
            }
            Rule::negation | Rule::unary => {
                let mut c = self.children(pair);
                let mut flips = Vec::new();
                let inner = loop {
                    let next = c.next()?;
                    match next.as_rule() {
                        Rule::not_op | Rule::minus => flips.push(self.span(&next)),
                        _ => break self.expr(next)?,
                    }
                };
                Ok(flips.into_iter().rev().fold(inner, |expr, place| {
                    let span = place.to(expr.span);
                    let kind = match (rule, expr.kind) {
                        (Rule::unary, ExprKind::Int(i)) => ExprKind::Int(-i),
                        (Rule::unary, ExprKind::Real(r)) => ExprKind::Real(-r),
                        (Rule::unary, kind) => ExprKind::Negate(Box::new(Expr { kind, span: expr.span })),
                        (_, kind) => ExprKind::Not(Box::new(Expr { kind, span: expr.span })),
                    };
                    Expr { kind, span }
                }))
            }
            Rule::power => {
                let mut c = self.children(pair);
                let base = self.expr(c.next()?)?;
                Ok(binary(BinaryOp::Power, base, self.expr(c.next()?)?))
            }
            _ => self.primary(pair),
        }
    }

    fn postfix(&self, pair: Pair<'_, Rule>) -> Result<Expr> {
        if pair.as_rule() != Rule::postfix {
            return self.expr(pair);
        }
        let mut c = self.children(pair);
        let first = c.next()?;
        let mut expr = self.expr(first)?;
        for next in c.pairs.by_ref() {
            let span = expr.span.to(self.span(&next));
            let of = Box::new(expr);
            let kind = match next.as_rule() {
                Rule::call => {
                    let arguments = next.into_inner().map(|a| self.argument(a)).collect::<Result<_>>()?;
                    ExprKind::Call { callee: of, arguments }
                }
                Rule::index => {
                    ExprKind::Index { of, by: next.into_inner().map(|e| self.expr(e)).collect::<Result<_>>()? }
                }
                _ => ExprKind::Field { of, name: self.name(&self.children(next).next()?) },
            };
            expr = Expr { kind, span };
        }
        Ok(expr)
    }

    fn primary(&self, pair: Pair<'_, Rule>) -> Result<Expr> {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        let text = pair.as_str();
        let kind = match rule {
            Rule::number => self.number(text, span)?,
            Rule::text => ExprKind::Text(unquote(text)),
            Rule::boolean => ExprKind::Bool(text == "true"),
            Rule::regex => ExprKind::Regex(text[1..text.len() - 1].replace("\\/", "/")),
            Rule::ident | Rule::name | Rule::fold_word => ExprKind::Name(text.to_string()),
            Rule::phrase => ExprKind::Phrase(pair.into_inner().map(|w| self.name(&w)).collect()),
            Rule::list => ExprKind::List(pair.into_inner().map(|e| self.expr(e)).collect::<Result<_>>()?),
            Rule::record => ExprKind::Record(
                pair.into_inner()
                    .map(|field| {
                        let mut c = self.children(field);
                        let name = self.name(&c.next()?);
                        let value = match c.take(Rule::expr) {
                            Some(e) => self.expr(e)?,
                            None => Expr { kind: ExprKind::Name(name.text.clone()), span: name.span },
                        };
                        Ok((name, value))
                    })
                    .collect::<Result<_>>()?,
            ),
            Rule::for_expr => {
                let mut c = self.children(pair);
                let names = self.names(&c.all(Rule::ident));
                c.skip_keywords();
                let over = Box::new(self.expr(c.next()?)?);
                let filter = match c.take(Rule::for_filter) {
                    Some(f) => Some(Box::new(self.expr(self.children(f).next()?)?)),
                    None => None,
                };
                ExprKind::For { names, over, filter, body: self.body(c.next()?)? }
            }
            Rule::scan_expr => ExprKind::Scan(Box::new(self.iteration(pair)?)),
            Rule::fold_expr => ExprKind::Fold(Box::new(self.iteration(pair)?)),
            Rule::if_expr => {
                let mut c = self.children(pair);
                let condition = Box::new(self.expr(c.next()?)?);
                let then = self.body(c.next()?)?;
                c.skip_keywords();
                let otherwise = match c.pairs.next() {
                    Some(p) if p.as_rule() == Rule::body => Some(self.body(p)?),
                    Some(p) => {
                        let span = self.span(&p);
                        Some(Body { statements: Vec::new(), result: Some(Box::new(self.expr(p)?)), span })
                    }
                    None => None,
                };
                ExprKind::If { condition, then, otherwise }
            }
            Rule::match_expr => {
                let mut c = self.children(pair);
                let scrutinee = Box::new(self.expr(c.next()?)?);
                let arms = c.all(Rule::match_arm).into_iter().map(|a| self.arm(a)).collect::<Result<_>>()?;
                ExprKind::Match { scrutinee, arms }
            }
            other => return Err(self.unknown(span, other)),
        };
        Ok(Expr { kind, span })
    }

    fn arm(&self, pair: Pair<'_, Rule>) -> Result<Arm> {
        let mut c = self.children(pair);
        let mut patterns = Vec::new();
        let mut span = c.parent;
        while let Some(p) = c.take(Rule::pattern) {
            let place = self.span(&p);
            span = if patterns.is_empty() { place } else { span.to(place) };
            patterns.push(self.primary(self.children(p).next()?)?);
        }
        if patterns.is_empty() {
            span = Span { end: span.start + 4, ..span };
        }
        Ok(Arm { patterns, value: self.expr(c.next()?)?, span })
    }

    fn iteration(&self, pair: Pair<'_, Rule>) -> Result<Iteration> {
        let mut c = self.children(pair);
        let name = self.name(&c.next()?);
        c.skip_keywords();
        let over = self.expr(c.next()?)?;
        c.skip_keywords();
        let from = self.expr(c.next()?)?;
        let step = c.next()?;
        let span = self.span(&step);
        let mut c = self.children(step);
        let carried = self.name(&c.next()?);
        let statements = self.statements(&mut c)?;
        let result = Some(Box::new(self.expr(c.next()?)?));
        Ok(Iteration { name, over, from, carried, body: Body { statements, result, span } })
    }

    fn number(&self, text: &str, span: Span) -> Result<ExprKind> {
        let error = |message: String| SyntaxError { message, span, related: None, hint: None, fixes: Box::default() };
        let digits_end = ["mm", "deg", "%"].iter().find_map(|unit| text.find(unit)).unwrap_or(text.len());
        let (digits, unit) = text.split_at(digits_end);
        let digits = digits.replace('_', "");
        let real = || {
            let value: f64 = digits.parse().map_err(|_| error(format!("`{text}` is not a number")))?;
            if value.is_finite() { Ok(value) } else { Err(error(format!("`{text}` is too large for a number"))) }
        };
        if !unit.is_empty() {
            return Ok(ExprKind::Quantity(real()?, unit.to_string()));
        }
        if digits.contains(['.', 'e', 'E']) {
            return Ok(ExprKind::Real(real()?));
        }
        digits.parse().map(ExprKind::Int).map_err(|_| error(format!("`{text}` is too large for a whole number")))
    }
}

impl Children<'_> {
    fn skip_keywords(&mut self) {
        while self.pairs.next_if(|p| is_keyword(p.as_rule())).is_some() {}
    }
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { kind: ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span }
}

/// A quoted text without its quotes, escapes resolved; anything else as it is.
fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) else { return text.to_string() };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => {}
            },
            (c, false) => out.push(c),
        }
    }
    out
}
