//! Families, lists and what goes through them: `for`, `scan`, `fold`, indexing, fields, and the functions of families.

use super::{Code, Diagnostic, Eval, Evaluator};
use crate::compile::frameworks::is_package;
use crate::compile::repair;
use crate::compile::value::{Builtin, Family, Range, Value, spell};
use crate::graph::{Binary, Op, Presence, Reduction, TensorType, show_shape};
use fascicle_syntax::{Body, Expr, ExprKind, Iteration, Name, Span, nearest};
use std::rc::Rc;

/// Most turns of one loop.
const MAX_TURNS: usize = 10_000;

impl Evaluator<'_> {
    /// How a value is spelled as a key of a family.
    pub(super) fn key(&mut self, value: &Value, span: Span) -> Eval<String> {
        match value {
            Value::Input(input) => Ok(self.inputs[*input].name.clone()),
            Value::Int(_) | Value::Text(_) | Value::Word(_) | Value::Choice(_) | Value::Bool(_) => Ok(spell(value)),
            other => self.expected("a member of a group", other, span),
        }
    }

    /// The members of what a loop goes over, with their keys.
    pub(super) fn members(&mut self, value: &Value, span: Span) -> Eval<Vec<(String, Value)>> {
        match value {
            Value::Group(inputs) => {
                Ok(inputs.iter().map(|i| (self.inputs[*i].name.clone(), Value::Input(*i))).collect())
            }
            Value::Family(family) => Ok(family.entries.iter().map(|(k, v)| (k.join(", "), v.clone())).collect()),
            Value::List(items) => {
                let mut members = Vec::with_capacity(items.len());
                for (position, item) in items.iter().enumerate() {
                    let key = match item {
                        Value::Input(_) | Value::Int(_) | Value::Text(_) | Value::Word(_) | Value::Choice(_) => {
                            self.key(item, span)?
                        }
                        _ => (position + 1).to_string(),
                    };
                    members.push((key, item.clone()));
                }
                Ok(members)
            }
            Value::Range(range) => {
                let numbers = self.whole_numbers(*range, span)?;
                Ok(numbers.into_iter().map(|i| (i.to_string(), Value::Int(i))).collect())
            }
            other => self.expected("a group, a family, a list or a range", other, span),
        }
    }

    fn whole_numbers(&mut self, range: Range, span: Span) -> Eval<Vec<i64>> {
        if !range.whole {
            return self.fail(
                Diagnostic::error(Code::KindMismatch, span, "a range that is gone through needs whole ends")
                    .hint("for example 0..5 or 1..=5"),
            );
        }
        let (start, mut end) = (range.start as i64, range.end as i64);
        if range.inclusive {
            end = end.saturating_add(1);
        }
        if end.saturating_sub(start) > MAX_TURNS as i64 {
            let message = format!("the range has more than {MAX_TURNS} members");
            return self.fail(
                Diagnostic::error(Code::TooLarge, span, message)
                    .hint("everything is unrolled; a network has far fewer layers"),
            );
        }
        Ok((start..end).collect())
    }

    pub(super) fn for_family(
        &mut self,
        names: &[Name],
        over: &Expr,
        filter: Option<&Expr>,
        body: &Body,
        span: Span,
    ) -> Eval<Value> {
        let value = self.eval(over)?;
        let entries = self.turns((names, &value, over.span), filter, span, |e, _| e.body(body))?;
        Ok(Value::Family(Rc::new(Family { entries })))
    }

    /// Goes through the turns of a loop, the last name fastest: what `work` makes of each, with its key.
    pub fn turns<T>(
        &mut self,
        (names, over, over_span): (&[Name], &Value, Span),
        filter: Option<&Expr>,
        span: Span,
        mut work: impl FnMut(&mut Self, &[String]) -> Eval<T>,
    ) -> Eval<Vec<(Vec<String>, T)>> {
        let members = self.members(over, over_span)?;
        if members.len().checked_pow(names.len() as u32).is_none_or(|n| n > MAX_TURNS) {
            return self.fail(
                Diagnostic::error(Code::TooLarge, span, format!("the loop has more than {MAX_TURNS} turns"))
                    .hint("everything is unrolled: go over fewer names, or over a smaller group"),
            );
        }
        let mut entries = Vec::new();
        let turns = members.len().pow(names.len() as u32);
        for turn in 0..turns {
            let mut rest = turn;
            let mut picked = vec![0; names.len()];
            for slot in picked.iter_mut().rev() {
                *slot = rest % members.len();
                rest /= members.len();
            }
            let key: Vec<String> = picked.iter().map(|p| members[*p].0.clone()).collect();
            let bound: Vec<(String, Value)> =
                names.iter().zip(&picked).map(|(n, p)| (n.text.clone(), members[*p].1.clone())).collect();
            // The same mistake in every turn is told once: the first ends the loop.
            let value = self.in_turn(key.join(", "), bound, |e| {
                if let Some(filter) = filter {
                    let holds = e.eval(filter)?;
                    if !e.condition(&holds, filter.span)? {
                        return Ok(None);
                    }
                }
                work(e, &key).map(Some)
            })?;
            entries.extend(value.map(|value| (key, value)));
        }
        Ok(entries)
    }

    /// `scan`: every value on the way, as a list; `fold`: the last one.
    pub(super) fn iterate(&mut self, iteration: &Iteration, keep_all: bool) -> Eval<Value> {
        let over = self.eval(&iteration.over)?;
        let members = self.members(&over, iteration.over.span)?;
        let mut carried = self.eval(&iteration.from)?;
        let mut all = Vec::with_capacity(members.len());
        for (position, (_, member)) in members.into_iter().enumerate() {
            let bound = vec![(iteration.name.text.clone(), member), (iteration.carried.text.clone(), carried)];
            carried = self.in_turn((position + 1).to_string(), bound, |e| e.body(&iteration.body))?;
            if keep_all {
                all.push(carried.clone());
            }
        }
        Ok(if keep_all { Value::List(Rc::new(all)) } else { carried })
    }

    pub(super) fn index(&mut self, of: &Expr, by: &[Expr], span: Span) -> Eval<Value> {
        let value = self.eval(of)?;
        let mut keys = Vec::with_capacity(by.len());
        for expr in by {
            let key = match &expr.kind {
                // A member may be named by itself even where the word means nothing else.
                ExprKind::Name(word) if self.lookup(word, expr.span).is_none() => word.clone(),
                _ => {
                    let key = self.eval(expr)?;
                    self.key(&key, expr.span)?
                }
            };
            keys.push(key);
        }
        match value {
            Value::Family(family) => match family.entries.iter().find(|(k, _)| *k == keys) {
                Some((_, value)) => Ok(value.clone()),
                None => {
                    let known: Vec<String> =
                        family.entries.iter().map(|(k, _)| format!("[{}]", k.join(", "))).collect();
                    let single: Vec<&str> = family
                        .entries
                        .iter()
                        .filter_map(|(k, _)| if let [k] = k.as_slice() { Some(k.as_str()) } else { None })
                        .collect();
                    let single = match (by, keys.as_slice()) {
                        ([expr], [key]) => repair::one_of(key, &single, expr.span),
                        _ => Vec::new(),
                    };
                    let message = format!("the family has no member [{}]", keys.join(", "));
                    let place = by.first().map_or(span, |e| e.span);
                    self.fail(
                        Diagnostic::error(Code::UnknownKey, place, message)
                            .also(of.span, "the family")
                            .hint(format!("it has {}", known.join(", ")))
                            .repairs(single),
                    )
                }
            },
            Value::List(items) => {
                let position = keys.first().and_then(|k| k.parse::<usize>().ok()).filter(|_| keys.len() == 1);
                match position.and_then(|p| items.get(p)) {
                    Some(item) => Ok(item.clone()),
                    None => {
                        let message = format!("the list has {} items, counted from 0", items.len());
                        self.fail(
                            Diagnostic::error(Code::UnknownKey, span, message)
                                .hint("positions go from 0; `.last` is the last item"),
                        )
                    }
                }
            }
            other @ (Value::Tensor(_) | Value::Input(_)) => {
                let message = format!("expected a family or a list, found {}", other.describe());
                let cut = format!("{} |> slice(axis: 0, from: 0, to: 1)", self.sources.text(of.span));
                self.fail(
                    Diagnostic::error(Code::KindMismatch, of.span, message)
                        .hint(format!("an axis is cut by `slice`: `{cut}`"))
                        .fix(
                            "cut it by `slice`",
                            span,
                            format!("slice({}, axis: 0, from: 0, to: 1)", self.sources.text(of.span)),
                        ),
                )
            }
            other => self.expected("a family or a list", &other, of.span),
        }
    }

    pub(super) fn field(&mut self, of: &Expr, name: &Name, span: Span) -> Eval<Value> {
        if self.is_of_a_package(of) {
            let spelled = self.sources.text(span).to_string();
            return self.undeclared(&spelled, span);
        }
        let value = self.eval(of)?;
        self.field_of(value, of.span, name, span)
    }

    /// Whether an expression names what another framework is imported as, or a part of it: `nn`, `torch.nn`.
    fn is_of_a_package(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => is_package(name) && self.lookup(name, expr.span).is_none(),
            ExprKind::Field { of, .. } => self.is_of_a_package(of),
            _ => false,
        }
    }

    pub(super) fn field_of(&mut self, value: Value, of: Span, name: &Name, span: Span) -> Eval<Value> {
        match &value {
            Value::Record(record) => match record.get(&name.text) {
                Some(value) => Ok(value.clone()),
                None => {
                    let known: Vec<&str> = record.keys().map(String::as_str).collect();
                    self.no_field("the record", name, &known)
                }
            },
            Value::List(items) => {
                let count = items.len();
                let empty = |e: &mut Self| {
                    e.fail(
                        Diagnostic::error(Code::UnknownField, span, format!("an empty list has no `{}`", name.text))
                            .hint("the loop that made it has no turn; check its range"),
                    )
                };
                match name.text.as_str() {
                    "first" => items.first().cloned().map_or_else(|| empty(self), Ok),
                    "last" => items.last().cloned().map_or_else(|| empty(self), Ok),
                    "init" if count > 0 => Ok(Value::List(Rc::new(items[..count - 1].to_vec()))),
                    "rest" if count > 0 => Ok(Value::List(Rc::new(items[1..].to_vec()))),
                    "init" | "rest" => empty(self),
                    _ => self.no_field("a list", name, &["first", "last", "init", "rest"]),
                }
            }
            Value::Family(family) => {
                let mut entries = Vec::with_capacity(family.entries.len());
                for (key, value) in family.entries.clone() {
                    entries.push((key, self.field_of(value, of, name, span)?));
                }
                Ok(Value::Family(Rc::new(Family { entries })))
            }
            Value::Model(model) => self.model_field(*model, name, span),
            Value::Tensor(node) if self.ty(*node).kind == crate::graph::Kind::Normal => {
                let node = *node;
                let ty = self.ty(node).clone();
                let op = match name.text.as_str() {
                    "mean" => Op::NormalMean,
                    "log_var" => Op::NormalLogVar,
                    _ => return self.no_field("a `normal`", name, &["mean", "log_var"]),
                };
                let out = TensorType::tensor(ty.shape.clone()).held_by(ty.presence.clone());
                self.node(op, vec![node], None, out, 0, span).map(Value::Tensor)
            }
            other => {
                let what = other.describe();
                let message = format!("{what} has no field `{}`", name.text);
                let of_it = self.sources.text(of).to_string();
                let hint = match other {
                    Value::Tensor(_) | Value::Input(_) => self.stage_called(&name.text).map_or_else(
                        || "functions stand behind a pipe: `x |> relu`".to_string(),
                        |function| format!("functions stand behind a pipe: `{of_it} |> {function}`"),
                    ),
                    _ => "only models, records, lists and Gaussians have fields".to_string(),
                };
                let function = match other {
                    Value::Tensor(_) | Value::Input(_) => self.stage_called(&name.text),
                    _ => None,
                };
                let piped = function.map(|f| repair::as_function(self.sources, of, name.span, f));
                self.fail(
                    Diagnostic::error(Code::UnknownField, name.span, message).also(of, what).hint(hint).repairs(piped),
                )
            }
        }
    }

    pub(super) fn no_field<T>(&mut self, what: &str, name: &Name, known: &[&str]) -> Eval<T> {
        let hint = match nearest(&name.text, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "it has no fields".to_string(),
            None => format!("it has {}", known.join(", ")),
        };
        let message = format!("{what} has no field `{}`", name.text);
        self.fail(
            Diagnostic::error(Code::UnknownField, name.span, message)
                .hint(hint)
                .repairs(repair::one_of(&name.text, known, name.span)),
        )
    }

    /// Values that were given one by one, as a list, as a family or as a group: all of them, one after the other.
    pub(super) fn spread(&self, value: &Value, span: Span, into: &mut Vec<(Value, Span)>) {
        match value {
            Value::List(items) => items.iter().for_each(|item| self.spread(item, span, into)),
            Value::Family(family) => family.entries.iter().for_each(|(_, value)| self.spread(value, span, into)),
            Value::Group(inputs) => into.extend(inputs.iter().map(|i| (Value::Input(*i), span))),
            other => into.push((other.clone(), span)),
        }
    }

    pub(super) fn builtin(&mut self, builtin: Builtin, given: Vec<(Value, Span)>, span: Span) -> Eval<Value> {
        let one = |e: &mut Self| match given.as_slice() {
            [one] => Ok(one.clone()),
            _ => {
                let message = format!("`{}` takes one value, {} were given", builtin.name(), given.len());
                e.fail(
                    Diagnostic::error(Code::MissingArgument, span, message)
                        .hint(format!("write {}(x)", builtin.name())),
                )
            }
        };
        match builtin {
            Builtin::Reverse => match one(self)? {
                (Value::List(items), _) => Ok(Value::List(Rc::new(items.iter().rev().cloned().collect()))),
                (other, place) => self.expected("a list", &other, place),
            },
            Builtin::Length => match one(self)? {
                (Value::List(items), _) => Ok(Value::Int(items.len() as i64)),
                (Value::Group(items), _) => Ok(Value::Int(items.len() as i64)),
                (Value::Family(family), _) => Ok(Value::Int(family.entries.len() as i64)),
                (other, place) => self.expected("a list, a group or a family", &other, place),
            },
            Builtin::Size => {
                let (value, place) = one(self)?;
                let node = self.tensor(&value, place)?;
                let shape = self.ty(node).shape.clone();
                match shape.as_slice() {
                    [n] => Ok(Value::Int(*n as i64)),
                    _ => Ok(Value::List(Rc::new(shape.iter().map(|d| Value::Int(*d as i64)).collect()))),
                }
            }
            Builtin::Position => match given.as_slice() {
                [(Value::Input(member), place), (Value::Group(group), _)] => {
                    match group.iter().position(|input| input == member) {
                        Some(position) => Ok(Value::Int(position as i64 + 1)),
                        None => {
                            let name = self.inputs[*member].name.clone();
                            let known: Vec<&str> = group.iter().map(|i| self.inputs[*i].name.as_str()).collect();
                            let hint = format!("the group has {}", known.join(", "));
                            self.fail(
                                Diagnostic::error(Code::UnknownKey, *place, format!("`{name}` is not in the group"))
                                    .hint(hint),
                            )
                        }
                    }
                }
                _ => self.fail(
                    Diagnostic::error(Code::WrongArgument, span, "`position` takes a member and its group")
                        .hint("write position(m, group), inside `for m in group { .. }`"),
                ),
            },
            // Its critic is no value: it is taken up before its arguments are evaluated.
            Builtin::Fool => Err(super::Reported),
            Builtin::Sum | Builtin::Mean | Builtin::Max | Builtin::Min => {
                let mut members = Vec::new();
                for (value, place) in &given {
                    self.spread(value, *place, &mut members);
                }
                self.pooled(builtin, members, span)
            }
        }
    }

    /// `sum`, `mean`, `max`, `min` of several values: numbers, losses or tensors of one shape.
    fn pooled(&mut self, builtin: Builtin, members: Vec<(Value, Span)>, span: Span) -> Eval<Value> {
        if members.is_empty() {
            return match builtin {
                Builtin::Sum => Ok(Value::Real(0.0)),
                _ => {
                    let message = format!("`{}` of nothing", builtin.name());
                    self.fail(
                        Diagnostic::error(Code::MissingArgument, span, message)
                            .hint("the family has no member; check the group and the filter of the `for`"),
                    )
                }
            };
        }
        let known: Option<Vec<f64>> = members.iter().map(|(v, _)| v.as_real()).collect();
        if let Some(numbers) = known {
            let count = numbers.len() as f64;
            let sum: f64 = numbers.iter().sum();
            return Ok(Value::Real(match builtin {
                Builtin::Sum => sum,
                Builtin::Mean => sum / count,
                Builtin::Max => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                _ => numbers.iter().copied().fold(f64::INFINITY, f64::min),
            }));
        }
        let mut nodes = Vec::with_capacity(members.len());
        let mut constant = 0.0;
        let count = members.len();
        for (value, place) in &members {
            match value.as_real() {
                Some(number) if matches!(builtin, Builtin::Sum | Builtin::Mean) => constant += number,
                _ => {
                    let node = self.tensor(value, *place)?;
                    self.numbers(node, *place)?;
                    nodes.push(node);
                }
            }
        }
        let first = nodes[0];
        let ty = self.ty(first).clone();
        if let Some(odd) = nodes.iter().copied().find(|n| self.ty(*n).shape != ty.shape) {
            let theirs = self.ty(odd).shape.clone();
            return self.fail(
                Diagnostic::error(
                    Code::ShapeMismatch,
                    span,
                    format!("`{}` of {} and {}", builtin.name(), show_shape(&ty.shape), show_shape(&theirs)),
                )
                .also(self.origin(first), format!("this is {}", show_shape(&ty.shape)))
                .also(self.origin(odd), format!("this is {}", show_shape(&theirs)))
                .hint("members that are pooled must have one shape"),
            );
        }
        if nodes.len() == 1 && !matches!(builtin, Builtin::Sum | Builtin::Mean) {
            return Ok(Value::Tensor(first));
        }
        let may_be_absent = nodes.iter().any(|n| self.ty(*n).may_be_absent());
        let pooled = if may_be_absent {
            let presences: Vec<Presence> = nodes.iter().map(|n| self.ty(*n).presence.clone()).collect();
            if presences.iter().all(|p| *p == presences[0]) {
                // One presence for all: nothing is lacking within.
                self.chain(builtin, &nodes, &ty, span)?
            } else {
                if presences.iter().all(|p| !p.is_empty()) {
                    self.at_least_one.insert(presences.iter().flatten().copied().collect());
                }
                let reduction = match builtin {
                    Builtin::Sum => Reduction::Sum,
                    Builtin::Mean => Reduction::Mean,
                    Builtin::Max => Reduction::Maximum,
                    _ => Reduction::Minimum,
                };
                let out = ty.clone().held_by(Presence::new());
                return self.node(Op::Present(reduction), nodes, None, out, 0, span).map(Value::Tensor);
            }
        } else {
            self.chain(builtin, &nodes, &ty, span)?
        };
        let mut value = Value::Tensor(pooled);
        if constant != 0.0 {
            let other = (Value::Real(constant), span);
            value = self.arithmetic(fascicle_syntax::BinaryOp::Add, (value, span), other, span)?;
        }
        if builtin == Builtin::Mean && count > 1 {
            let divisor = (Value::Int(count as i64), span);
            value = self.arithmetic(fascicle_syntax::BinaryOp::Divide, (value, span), divisor, span)?;
        }
        Ok(value)
    }

    fn chain(
        &mut self,
        builtin: Builtin,
        nodes: &[crate::graph::NodeId],
        ty: &TensorType,
        span: Span,
    ) -> Eval<crate::graph::NodeId> {
        let op = match builtin {
            Builtin::Sum | Builtin::Mean => Binary::Add,
            Builtin::Max => Binary::Maximum,
            _ => Binary::Minimum,
        };
        let mut total = nodes[0];
        for node in &nodes[1..] {
            total = self.node(Op::Binary(op), vec![total, *node], None, ty.clone(), 0, span)?;
        }
        Ok(total)
    }
}
