//! `+ - * / ^ ??` on numbers known to the compiler and on tensors.
//!
//! Terms that vanish are folded away here: `0 * x` is 0 and `0 + x` is `x`, so that a term of weight 0 leaves nothing
//! behind in the graph (law 6).

use super::{Code, Diagnostic, Eval, Evaluator};
use crate::compile::repair;
use crate::compile::value::{Family, Value};
use crate::graph::{Binary, Coalesce, NodeId, Op, Presence, TensorType, Unary, show_shape};
use fascicle_syntax::{BinaryOp, Expr, ExprKind, Span};
use std::rc::Rc;

/// Bytes of a text that the language makes.
const MAX_TEXT: usize = 1 << 20;

impl Evaluator<'_> {
    pub(super) fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, span: Span) -> Eval<Value> {
        use BinaryOp as B;
        match op {
            B::Equal | B::NotEqual | B::Less | B::LessOrEqual | B::Greater | B::GreaterOrEqual => {
                self.compared(op, left, right)
            }
            B::And | B::Or => {
                let value = self.eval(left)?;
                let first = self.condition(&value, left.span)?;
                let value = self.eval(right)?;
                let second = self.condition(&value, right.span)?;
                Ok(Value::Bool(if op == B::And { first && second } else { first || second }))
            }
            B::Coalesce => self.coalesce(left, right, span),
            B::In => self.contained(left, right),
            B::By | B::Versus => self.fail(
                Diagnostic::error(Code::KindMismatch, span, format!("`{}` has no meaning here", op.spelling()))
                    .hint("it is read by analyses and sweeps: `kruskal_wallis(x by group)`"),
            ),
            B::Add | B::Subtract | B::Multiply | B::Divide | B::Remainder | B::Power => {
                let (a, b) = (self.eval(left), self.eval(right));
                let (a, b) = (a?, b?);
                self.arithmetic(op, (a, left.span), (b, right.span), span)
            }
        }
    }

    /// An arithmetic operation on two values.
    pub fn arithmetic(&mut self, op: BinaryOp, a: (Value, Span), b: (Value, Span), span: Span) -> Eval<Value> {
        if let (Some(x), Some(y)) = (a.0.as_real(), b.0.as_real()) {
            return self.constants(op, &a.0, &b.0, x, y, span);
        }
        if let (Value::Text(x), Value::Text(y), BinaryOp::Add) = (&a.0, &b.0, op) {
            if x.len() + y.len() > MAX_TEXT {
                return self.fail(
                    Diagnostic::error(Code::TooLarge, span, format!("the text has more than {MAX_TEXT} bytes"))
                        .hint("look for a text that is added to itself"),
                );
            }
            return Ok(Value::text(&format!("{x}{y}")));
        }
        // A family with a family of the same members, or with one value for all.
        match (&a.0, &b.0) {
            (Value::Family(f), Value::Family(g)) => {
                let keys: Vec<_> = f.entries.iter().map(|(k, _)| k).collect();
                if keys != g.entries.iter().map(|(k, _)| k).collect::<Vec<_>>() {
                    return self.fail(
                        Diagnostic::error(Code::KindMismatch, span, "the two families have different members").hint(
                            "families are joined member by member: both must be made by `for` over the same group",
                        ),
                    );
                }
                let mut entries = Vec::new();
                for ((key, x), (_, y)) in f.entries.iter().zip(&g.entries) {
                    entries.push((key.clone(), self.arithmetic(op, (x.clone(), a.1), (y.clone(), b.1), span)?));
                }
                return Ok(Value::Family(Rc::new(Family { entries })));
            }
            (Value::Family(_), _) | (_, Value::Family(_)) => {
                return self.fail(
                    Diagnostic::error(Code::KindMismatch, span, format!("a family cannot go into `{}`", op.spelling()))
                        .hint(
                            "join its members first: `sum(for m in g { .. })`, or write the operation inside the `for`",
                        ),
                );
            }
            _ => {}
        }
        let binary = match op {
            BinaryOp::Add => Binary::Add,
            BinaryOp::Subtract => Binary::Subtract,
            BinaryOp::Multiply => Binary::Multiply,
            BinaryOp::Divide => Binary::Divide,
            BinaryOp::Power => Binary::Power,
            _ => {
                return self.fail(
                    Diagnostic::error(Code::KindMismatch, span, "`%` is for whole numbers only")
                        .hint("tensors know + - * / ^"),
                );
            }
        };
        if let Some(y) = b.0.as_real() {
            match (binary, y) {
                (Binary::Add | Binary::Subtract, 0.0) | (Binary::Multiply | Binary::Divide | Binary::Power, 1.0) => {
                    return Ok(a.0);
                }
                (Binary::Multiply, 0.0) => {
                    self.tensor(&a.0, a.1)?;
                    return Ok(Value::Real(0.0));
                }
                (Binary::Divide, 0.0) => {
                    return self.fail(
                        Diagnostic::error(Code::ArithmeticFailed, b.1, "division by zero")
                            .hint("divide by something that is not 0"),
                    );
                }
                _ => return self.scalar(binary, &a, y, false, span),
            }
        }
        if let Some(x) = a.0.as_real() {
            match (binary, x) {
                (Binary::Add, 0.0) | (Binary::Multiply, 1.0) => return Ok(b.0),
                (Binary::Multiply | Binary::Divide, 0.0) => {
                    self.tensor(&b.0, b.1)?;
                    return Ok(Value::Real(0.0));
                }
                _ => return self.scalar(binary, &b, x, true, span),
            }
        }
        let nodes = [self.tensor(&a.0, a.1)?, self.tensor(&b.0, b.1)?];
        self.tensors(binary, op.spelling(), nodes, [a.1, b.1], span).map(Value::Tensor)
    }

    fn scalar(&mut self, op: Binary, x: &(Value, Span), value: f64, reversed: bool, span: Span) -> Eval<Value> {
        let node = self.tensor(&x.0, x.1)?;
        self.numbers(node, x.1)?;
        let ty = self.ty(node).clone();
        self.node(Op::Scalar { op, value, reversed }, vec![node], None, ty, 0, span).map(Value::Tensor)
    }

    /// Refuses Gaussians and classes where numbers are needed.
    pub(super) fn numbers(&mut self, node: NodeId, span: Span) -> Eval<()> {
        let origin = self.origin(node);
        match &self.ty(node).kind {
            crate::graph::Kind::Tensor => Ok(()),
            crate::graph::Kind::Normal => {
                let ty = self.ty(node).to_string();
                self.fail(
                    Diagnostic::error(Code::NormalUsed, span, format!("expected numbers, found {ty}, a distribution"))
                        .also(origin, "made here")
                        .hint("take a draw with `|> sample`, or its `.mean`")
                        .repair(repair::in_brackets(self.sources, span, "sample")),
                )
            }
            _ => {
                let ty = self.ty(node).to_string();
                self.fail(
                    Diagnostic::error(Code::ClassUsed, span, format!("expected numbers, found {ty}"))
                        .also(origin, "declared here")
                        .hint("use `|> one_hot` or `|> Embedding(8)`")
                        .repair(repair::in_brackets(self.sources, span, "one_hot")),
                )
            }
        }
    }

    fn tensors(
        &mut self,
        op: Binary,
        spelling: &str,
        nodes: [NodeId; 2],
        spans: [Span; 2],
        span: Span,
    ) -> Eval<NodeId> {
        self.numbers(nodes[0], spans[0])?;
        self.numbers(nodes[1], spans[1])?;
        let nodes = self.terms_of_one_loss(op, nodes, spans)?;
        let presence = self.common_presence(&nodes, &spans, span, spelling)?;
        let (a, b) = (self.ty(nodes[0]).clone(), self.ty(nodes[1]).clone());
        let Some(shape) = broadcast(&a.shape, &b.shape) else {
            return self.fail(
                Diagnostic::error(
                    Code::ShapeMismatch,
                    span,
                    format!("`{spelling}` of {} and {}", show_shape(&a.shape), show_shape(&b.shape)),
                )
                .label(format!("{} {spelling} {}", show_shape(&a.shape), show_shape(&b.shape)))
                .also(self.made_outside(nodes[0], span, spans[0]), format!("this is {}", show_shape(&a.shape)))
                .also(self.made_outside(nodes[1], span, spans[1]), format!("this is {}", show_shape(&b.shape)))
                .hint("shapes must be equal, or 1 where they differ"),
            );
        };
        let batched = a.batched || b.batched;
        let ty = TensorType { shape, batched, presence, ..TensorType::tensor([]) };
        self.node(Op::Binary(op), nodes.to_vec(), None, ty, 0, span)
    }

    /// Where a value came from, unless that is within the expression that is shown anyway: then where it stands.
    fn made_outside(&self, node: NodeId, shown: Span, stands: Span) -> Span {
        let origin = self.origin(node);
        let within = origin.source == shown.source && origin.start >= shown.start && origin.end <= shown.end;
        if within { stands } else { origin }
    }

    /// A loss is one number for the batch; one number a subject that is added to it stands for its mean.
    fn terms_of_one_loss(&mut self, op: Binary, nodes: [NodeId; 2], spans: [Span; 2]) -> Eval<[NodeId; 2]> {
        if !matches!(op, Binary::Add | Binary::Subtract | Binary::Multiply) {
            return Ok(nodes);
        }
        let mut out = nodes;
        for (one, other) in [(0, 1), (1, 0)] {
            let by_subject = self.ty(nodes[one]).batched && self.ty(nodes[one]).shape.is_empty();
            let for_batch = !self.ty(nodes[other]).batched && self.ty(nodes[other]).shape.is_empty();
            if by_subject && for_batch {
                out[one] = self.batch_mean(nodes[one], spans[one])?;
            }
        }
        Ok(out)
    }

    fn constants(&mut self, op: BinaryOp, a: &Value, b: &Value, x: f64, y: f64, span: Span) -> Eval<Value> {
        if let (Value::Int(i), Value::Int(j)) = (a, b) {
            let whole = match op {
                BinaryOp::Add => i.checked_add(*j),
                BinaryOp::Subtract => i.checked_sub(*j),
                BinaryOp::Multiply => i.checked_mul(*j),
                BinaryOp::Divide if *j != 0 && i.checked_rem(*j) == Some(0) => i.checked_div(*j),
                BinaryOp::Remainder => i.checked_rem_euclid(*j),
                BinaryOp::Power => u32::try_from(*j).ok().and_then(|j| i.checked_pow(j)),
                _ => None,
            };
            if let Some(whole) = whole {
                return Ok(Value::Int(whole));
            }
            if matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply) {
                return self.fail(
                    Diagnostic::error(Code::ArithmeticFailed, span, "the result is too large for a whole number")
                        .hint("whole numbers go up to 9223372036854775807"),
                );
            }
        }
        let real = match op {
            BinaryOp::Add => x + y,
            BinaryOp::Subtract => x - y,
            BinaryOp::Multiply => x * y,
            BinaryOp::Divide => x / y,
            BinaryOp::Remainder => x.rem_euclid(y),
            _ => x.powf(y),
        };
        if real.is_finite() {
            Ok(Value::Real(real))
        } else {
            let message = format!("{x} {} {y} has no result", op.spelling());
            self.fail(
                Diagnostic::error(Code::ArithmeticFailed, span, message)
                    .hint(format!("it is worked out while the file is compiled: change what makes the {y}")),
            )
        }
    }

    pub(super) fn negate(&mut self, value: Value, inner: Span, span: Span) -> Eval<Value> {
        match value {
            Value::Int(i) => Ok(Value::Int(i.saturating_neg())),
            Value::Real(r) => Ok(Value::Real(-r)),
            other => {
                let node = self.tensor(&other, inner)?;
                self.numbers(node, inner)?;
                let ty = self.ty(node).clone();
                self.node(Op::Unary(Unary::Negate), vec![node], None, ty, 0, span).map(Value::Tensor)
            }
        }
    }

    /// `x ?? zeros`, `x ?? mean`, `x ?? y`.
    fn coalesce(&mut self, left: &Expr, right: &Expr, span: Span) -> Eval<Value> {
        let value = self.eval(left)?;
        let node = self.tensor(&value, left.span)?;
        let ty = self.ty(node).clone();
        if !ty.may_be_absent() {
            return self.fail(
                Diagnostic::error(Code::CoalescePresent, span, "everybody has this value: there is nothing to replace")
                    .also(self.origin(node), "made here")
                    .hint("remove `??`, or declare the input with `?` if some people lack it")
                    .repair(repair::written(span, self.sources.text(left.span))),
            );
        }
        self.numbers(node, left.span)?;
        let full = ty.clone().held_by(Presence::new());
        let word = match &right.kind {
            ExprKind::Name(word) => word.as_str(),
            _ => "",
        };
        match word {
            "zeros" => self.node(Op::Coalesce(Coalesce::Zeros), vec![node], None, full, 0, span).map(Value::Tensor),
            "mean" => {
                if !matches!(self.graph.node(node).op, Op::Input(_)) {
                    return self.fail(
                        Diagnostic::error(Code::AbsentUsed, right.span, "the training mean is known of inputs only")
                            .also(left.span, "this is computed")
                            .hint("replace the input before it is encoded: `(m ?? mean) |> ...`, or use `?? zeros`")
                            .repair(repair::written(right.span, "zeros")),
                    );
                }
                self.node(Op::Coalesce(Coalesce::TrainingMean), vec![node], None, full, 0, span).map(Value::Tensor)
            }
            _ => {
                let other = self.eval(right)?;
                let other = self.tensor(&other, right.span)?;
                self.numbers(other, right.span)?;
                let theirs = self.ty(other).clone();
                if theirs.shape != ty.shape {
                    return self.fail(
                        Diagnostic::error(
                            Code::ShapeMismatch,
                            right.span,
                            format!(
                                "what stands in is {}, the value is {}",
                                show_shape(&theirs.shape),
                                show_shape(&ty.shape)
                            ),
                        )
                        .also(left.span, format!("this is {}", show_shape(&ty.shape))),
                    );
                }
                if theirs.may_be_absent() {
                    let who = self.describe_presence(&theirs.presence);
                    return self.fail(
                        Diagnostic::error(
                            Code::AbsentUsed,
                            right.span,
                            format!("what stands in may itself be absent (for those without {who})"),
                        )
                        .hint("use `zeros`, or a value that everybody has"),
                    );
                }
                self.node(Op::Coalesce(Coalesce::Other), vec![node, other], None, full, 0, span).map(Value::Tensor)
            }
        }
    }
}

/// The shape of two shapes joined element by element: aligned at the first axis, equal or 1 where both have one.
fn broadcast(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut shape = long.to_vec();
    for (axis, extent) in short.iter().enumerate() {
        match (shape[axis], *extent) {
            (x, y) if x == y => {}
            (1, y) => shape[axis] = y,
            (_, 1) => {}
            _ => return None,
        }
    }
    Some(shape)
}
