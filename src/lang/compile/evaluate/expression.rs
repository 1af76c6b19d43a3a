//! Expressions, case by case.

use super::{Code, Diagnostic, Eval, Evaluator, MAX_INSTANCES, MAX_STEPS, Reported, all};
use crate::compile::repair;
use crate::compile::value::{Range, Value};
use fascicle_syntax::{Arm, BinaryOp, Body, Expr, ExprKind, Fix, Span, nearest};
use indexmap::IndexMap;
use std::rc::Rc;

/// Deepest nesting of expressions while they are evaluated, blocks included.
const MAX_NESTING: usize = 4_000;

impl Evaluator<'_> {
    /// The value of an expression.
    pub fn eval(&mut self, expr: &Expr) -> Eval<Value> {
        if self.exhausted {
            return Err(Reported);
        }
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return self.exhaust(expr.span, format!("{MAX_STEPS} expressions"));
        }
        if self.instances.len() > MAX_INSTANCES {
            return self.exhaust(expr.span, format!("{MAX_INSTANCES} blocks and losses"));
        }
        self.depth += 1;
        if self.depth > MAX_NESTING {
            self.depth -= 1;
            return self.fail(
                Diagnostic::error(Code::TooLarge, expr.span, "expressions are nested too deep")
                    .hint("give the inner parts names with `let`, or use `fold`"),
            );
        }
        let value = match self.begun() {
            None => self.eval_kind(expr),
            Some(begun) => {
                let value = self.eval_kind(expr);
                self.record(expr, &value, begun);
                value
            }
        };
        self.depth -= 1;
        value
    }

    fn eval_kind(&mut self, expr: &Expr) -> Eval<Value> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Int(i) => Ok(Value::Int(*i)),
            ExprKind::Real(r) => Ok(Value::Real(*r)),
            ExprKind::Quantity(q, unit) => Ok(Value::Quantity(*q, Rc::from(unit.as_str()))),
            ExprKind::Text(t) => Ok(Value::text(t)),
            ExprKind::Bool(b) => Ok(Value::Bool(*b)),
            ExprKind::Regex(_) => self.fail(
                Diagnostic::error(Code::KindMismatch, span, "a regular expression cannot be used here")
                    .hint("regular expressions select columns: `columns(/^lh_/)`"),
            ),
            ExprKind::Name(name) => self.name(name, span),
            ExprKind::Phrase(words) => {
                let text: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
                let hint = match text.as_slice() {
                    ["return", rest @ ..] => {
                        format!("the last expression of a body is its value: `{}`", rest.join(" "))
                    }
                    _ => "an operator or a comma is missing between the words".to_string(),
                };
                let message = format!("`{}` is not a value", text.join(" "));
                self.fail(Diagnostic::error(Code::KindMismatch, span, message).hint(hint).repairs(
                    match words.as_slice() {
                        [first, second, ..] if first.text == "return" => Some(
                            Fix::new("remove `return`", Span { end: second.span.start, ..first.span }, "").certain(),
                        ),
                        _ => None,
                    },
                ))
            }
            ExprKind::List(items) => {
                let values = all(items.iter().map(|item| self.eval(item)))?;
                Ok(Value::List(Rc::new(values)))
            }
            ExprKind::Record(fields) => {
                let mut record = IndexMap::new();
                for (name, value) in fields {
                    let value = self.eval(value)?;
                    if record.insert(name.text.clone(), value).is_some() {
                        let message = format!("the record has two fields `{}`", name.text);
                        return self.fail(
                            Diagnostic::error(Code::TwiceDeclared, name.span, message).hint("rename one of the two"),
                        );
                    }
                }
                Ok(Value::Record(Rc::new(record)))
            }
            ExprKind::Call { callee, arguments } => self.call(callee, arguments, span),
            ExprKind::Pipe { input, stage } => self.pipe(input, stage, span),
            ExprKind::Index { of, by } => self.index(of, by, span),
            ExprKind::Field { of, name } => self.field(of, name, span),
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right, span),
            ExprKind::Negate(inner) => {
                let value = self.eval(inner)?;
                self.negate(value, inner.span, span)
            }
            ExprKind::Not(inner) => {
                let value = self.eval(inner)?;
                let holds = self.condition(&value, inner.span)?;
                Ok(Value::Bool(!holds))
            }
            ExprKind::Range { start, end, inclusive } => self.range(start, end, *inclusive),
            ExprKind::For { names, over, filter, body } => self.for_family(names, over, filter.as_deref(), body, span),
            ExprKind::Scan(iteration) => self.iterate(iteration, true),
            ExprKind::Fold(iteration) => self.iterate(iteration, false),
            ExprKind::If { condition, then, otherwise } => {
                let value = self.eval(condition)?;
                if self.condition(&value, condition.span)? {
                    self.body(then)
                } else if let Some(otherwise) = otherwise {
                    self.body(otherwise)
                } else {
                    self.fail(
                        Diagnostic::error(
                            Code::KindMismatch,
                            span,
                            "an `if` without `else` has no value where it does not hold",
                        )
                        .hint("add `else { .. }`"),
                    )
                }
            }
            ExprKind::Match { scrutinee, arms } => self.choose(scrutinee, arms, span),
        }
    }

    /// Statements and the result of a body that has no outputs.
    pub(super) fn body(&mut self, body: &Body) -> Eval<Value> {
        let before = self.frame().locals.len();
        let result = self.body_inner(body);
        self.frame_mut().locals.truncate(before);
        result
    }

    fn body_inner(&mut self, body: &Body) -> Eval<Value> {
        let mut failed = false;
        for statement in &body.statements {
            if statement.output {
                return self.fail(
                    Diagnostic::error(
                        Code::KindMismatch,
                        statement.name.span,
                        "`output` can only stand in a model's body",
                    )
                    .hint("inside a block give back a record: `{ layer, latent }`"),
                );
            }
            let value = self.eval(&statement.value);
            failed |= value.is_err();
            self.frame_mut().locals.push((statement.name.text.clone(), value));
        }
        match &body.result {
            Some(result) => {
                let value = self.eval(result);
                if failed { Err(Reported) } else { value }
            }
            None => self.fail(
                Diagnostic::error(Code::KindMismatch, body.span, "the body has no value")
                    .hint("end it with an expression, such as the name of the last `let`"),
            ),
        }
    }

    fn range(&mut self, start: &Expr, end: &Expr, inclusive: bool) -> Eval<Value> {
        let (first, last) = (self.eval(start)?, self.eval(end)?);
        let whole = matches!((&first, &last), (Value::Int(_), Value::Int(_)));
        match (first.as_real(), last.as_real()) {
            (Some(start), Some(end)) => Ok(Value::Range(Range { start, end, inclusive, whole })),
            (None, _) => self.expected("a number", &first, start.span),
            (_, None) => self.expected("a number", &last, end.span),
        }
    }

    /// Tells that something else was expected.
    pub fn expected<T>(&mut self, what: &str, found: &Value, span: Span) -> Eval<T> {
        let found = found.describe();
        self.fail(
            Diagnostic::error(Code::KindMismatch, span, format!("expected {what}, found {found}"))
                .hint(format!("give {what} here")),
        )
    }

    /// Whether something known to the compiler holds.
    pub fn condition(&mut self, value: &Value, span: Span) -> Eval<bool> {
        match value {
            Value::Bool(b) => Ok(*b),
            Value::Tensor(_) | Value::Input(_) => {
                self.fail(Diagnostic::error(Code::ConditionNotKnown, span, "the condition depends on the data").hint(
                    "`if` chooses while the graph is built, by parameters; to choose by data, multiply by a mask",
                ))
            }
            other => self.expected("true or false", other, span),
        }
    }

    fn choose(&mut self, scrutinee: &Expr, arms: &[Arm], span: Span) -> Eval<Value> {
        let chosen = self.arm(scrutinee, arms, span)?;
        self.eval(chosen)
    }

    /// What stands behind the arm of a `match` that fits.
    pub(in crate::compile) fn arm<'t>(&mut self, scrutinee: &Expr, arms: &'t [Arm], span: Span) -> Eval<&'t Expr> {
        let value = self.eval(scrutinee)?;
        let mut chosen: Option<&Arm> = None;
        let mut covered: Vec<String> = Vec::new();
        let mut otherwise = false;
        let mut broken = false;
        for arm in arms {
            if arm.patterns.is_empty() {
                otherwise = true;
                chosen = chosen.or(Some(arm));
            }
            for pattern in &arm.patterns {
                let spelled = self.sources.text(pattern.span).to_string();
                if let Value::Choice(choice) = &value {
                    broken |= self.check_option(choice, &spelled, pattern.span).is_err();
                }
                if covered.contains(&spelled) {
                    self.diagnostics.push(
                        Diagnostic::error(Code::NotExhaustive, pattern.span, format!("`{spelled}` already has an arm"))
                            .hint("remove one of the two"),
                    );
                    broken = true;
                }
                covered.push(spelled.clone());
                let matches = match (&value, &pattern.kind) {
                    (Value::Choice(choice), ExprKind::Name(word)) => choice.word == *word,
                    (Value::Word(have), ExprKind::Name(word)) => **have == **word,
                    (Value::Text(have), ExprKind::Text(text)) => **have == **text,
                    (Value::Int(have), ExprKind::Int(i)) => have == i,
                    (Value::Bool(have), ExprKind::Bool(b)) => have == b,
                    (Value::Choice(_) | Value::Word(_) | Value::Text(_) | Value::Int(_) | Value::Bool(_), _) => false,
                    _ => return self.expected("a parameter, a number or a word", &value, scrutinee.span),
                };
                if matches && chosen.is_none() {
                    chosen = Some(arm);
                }
            }
        }
        if broken {
            return Err(Reported);
        }
        let missing: Vec<String> = match &value {
            _ if otherwise => Vec::new(),
            Value::Choice(choice) => choice.options.iter().filter(|o| !covered.contains(o)).cloned().collect(),
            Value::Bool(_) => {
                ["true", "false"].into_iter().map(String::from).filter(|o| !covered.contains(o)).collect()
            }
            _ => vec!["else".to_string()],
        };
        if !missing.is_empty() {
            let lacking: Vec<String> = missing.iter().map(|m| format!("{m} => ..")).collect();
            let mut diagnostic = Diagnostic::error(
                Code::NotExhaustive,
                scrutinee.span,
                format!("`match` leaves out `{}`", missing.join("`, `")),
            )
            .hint(format!("add {}", lacking.join(", ")));
            if let Some(last) = arms.last().map(|arm| self.sources.text(arm.value.span)) {
                let added: Vec<String> = missing.iter().map(|m| format!("{m} => {last}")).collect();
                let behind = arms.last().map_or(span, |arm| Span { start: arm.value.span.end, ..arm.value.span });
                diagnostic =
                    diagnostic.fix("add what is missing, like the last arm", behind, format!(", {}", added.join(", ")));
            }
            if let Value::Choice(choice) = &value {
                diagnostic = diagnostic.also(choice.span, "its options are declared here");
            }
            return self.fail(diagnostic);
        }
        match chosen {
            Some(arm) => Ok(&arm.value),
            None => self.fail(Diagnostic::error(Code::NotExhaustive, span, "no arm matches").hint("add `else => ..`")),
        }
    }

    /// A word compared with a `one_of` parameter must be among its options.
    pub(super) fn check_option(&mut self, choice: &crate::compile::value::Choice, word: &str, span: Span) -> Eval<()> {
        if choice.options.iter().any(|o| o == word) {
            return Ok(());
        }
        let options: Vec<&str> = choice.options.iter().map(String::as_str).collect();
        let hint = match nearest(word, &options) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", options.join(", ")),
        };
        let message = format!("`{word}` is not an option of `{}`", choice.param);
        self.fail(
            Diagnostic::error(Code::UnknownOption, span, message)
                .also(choice.span, "its options are declared here")
                .hint(hint)
                .repairs(repair::one_of(word, &options, span)),
        )
    }

    /// `fusion in [early, late]`, `m in group`: whether a value equals one of several.
    pub(super) fn contained(&mut self, left: &Expr, right: &Expr) -> Eval<Value> {
        if let ExprKind::List(items) = &right.kind {
            let held = all(items.iter().map(|item| match self.compared(BinaryOp::Equal, left, item)? {
                Value::Bool(holds) => Ok(holds),
                _ => Ok(false),
            }))?;
            return Ok(Value::Bool(held.contains(&true)));
        }
        let (value, among) = (self.eval(left)?, self.eval(right)?);
        match (&value, &among) {
            (Value::Input(input), Value::Group(members)) => Ok(Value::Bool(members.contains(input))),
            (Value::Int(i), Value::Range(r)) => {
                let at = *i as f64;
                Ok(Value::Bool(at >= r.start && (at < r.end || r.inclusive && at == r.end)))
            }
            _ => self.expected("a list, a group or a range that may hold it", &among, right.span),
        }
    }

    /// A comparison whose left side may be a parameter and whose right side a bare word.
    pub(super) fn compared(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> Eval<Value> {
        let (a, b) = match (&left.kind, &right.kind) {
            (_, ExprKind::Name(word)) => {
                let a = self.eval(left)?;
                if let Value::Choice(choice) = &a {
                    self.check_option(choice, word, right.span)?;
                    return Ok(Value::Bool((choice.word == *word) == (op == BinaryOp::Equal)));
                }
                let b = self.eval(right)?;
                (a, b)
            }
            _ => (self.eval(left)?, self.eval(right)?),
        };
        if let (Some(x), Some(y)) = (a.as_real(), b.as_real()) {
            let holds = match op {
                BinaryOp::Equal => x == y,
                BinaryOp::NotEqual => x != y,
                BinaryOp::Less => x < y,
                BinaryOp::LessOrEqual => x <= y,
                BinaryOp::Greater => x > y,
                _ => x >= y,
            };
            return Ok(Value::Bool(holds));
        }
        let same = match (&a, &b) {
            (Value::Bool(x), Value::Bool(y)) => x == y,
            (Value::Text(x), Value::Text(y)) => x == y,
            (Value::Choice(x), Value::Choice(y)) => x.word == y.word,
            (Value::Choice(x), Value::Text(y)) => *x.word == **y,
            (Value::Input(x), Value::Input(y)) => x == y,
            (Value::Tensor(_) | Value::Input(_), _) | (_, Value::Tensor(_) | Value::Input(_)) => {
                return self.fail(
                    Diagnostic::error(
                        Code::ConditionNotKnown,
                        left.span.to(right.span),
                        "the comparison depends on the data",
                    )
                    .hint("comparisons are of parameters and of the members of a group"),
                );
            }
            _ => {
                let message = format!("{} cannot be compared with {}", a.describe(), b.describe());
                return self.fail(
                    Diagnostic::error(Code::KindMismatch, left.span.to(right.span), message)
                        .hint("numbers are compared with numbers, words with the options of a `one_of`"),
                );
            }
        };
        match op {
            BinaryOp::Equal => Ok(Value::Bool(same)),
            BinaryOp::NotEqual => Ok(Value::Bool(!same)),
            _ => {
                let message = format!("{} has no order", a.describe());
                self.fail(
                    Diagnostic::error(Code::KindMismatch, left.span.to(right.span), message)
                        .hint("only numbers are compared by < <= > >="),
                )
            }
        }
    }
}
