//! Dimensions of a block's signature: solved from what it is applied to, then known everywhere in the block.
//!
//! ```text
//!  block Up()(x: [c, d, h, w], skip: [s, 2*d, 2*h, 2*w]) -> [s, 2*d, 2*h, 2*w]
//!      applied to [32, 4, 4, 3] and [16, 8, 8, 6]:   c=32 d=4 h=4 w=3 s=16, and 2*d == 8 holds
//! ```

use super::{Code, Diagnostic, Eval, Evaluator};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::graph::{Kind, NodeId, TensorType};
use fascicle_syntax::{BinaryOp, Block, DeclarationKind, Expr, ExprKind, Span, Type, TypeKind};
use indexmap::IndexMap;

/// Dimensions solved so far: value, and where it came from.
pub(super) type Dimensions = IndexMap<String, (i64, Span)>;

impl Evaluator<'_> {
    /// Solves the dimension names of the inputs' types.
    pub(super) fn signature(
        &mut self,
        block: &Block,
        nodes: &[Option<NodeId>],
        inputs: &[(Value, Span)],
    ) -> Eval<Dimensions> {
        let mut dimensions = Dimensions::new();
        // Patterns that need names of a later input are looked at again at the end.
        let mut later: Vec<(&Expr, i64, Span, &str)> = Vec::new();
        for ((parameter, node), (_, place)) in block.inputs.iter().zip(nodes).zip(inputs) {
            let (Some(ty), Some(node)) = (&parameter.ty, node) else { continue };
            let found = self.ty(*node).clone();
            let pattern = self.pattern(ty, &found, *place, &parameter.name.text)?;
            if pattern.len() != found.shape.len() {
                let wanted = self.sources.text(ty.span).to_string();
                let message = format!(
                    "`{}` of `{}` has {} axes, found {} of {found}",
                    parameter.name.text,
                    block.name.text,
                    pattern.len(),
                    found.shape.len()
                );
                let origin = self.origin(*node);
                let given = self.sources.text(*place).to_string();
                let hint = match (pattern.len(), found.shape.len()) {
                    (1, 2..) => format!("make a vector of it: `{given} |> flatten`, or `|> global_avg_pool`"),
                    (wanted, axes) if wanted > axes => {
                        "it needs an image as it is before it is made a vector".to_string()
                    }
                    (wanted, _) => {
                        format!("change the signature to {} axes, or the value to {wanted}", found.shape.len())
                    }
                };
                let stages: &[&str] = match (pattern.len(), found.shape.len()) {
                    (1, 2..) => &["flatten", "global_avg_pool"],
                    _ => &[],
                };
                let vectors = stages.iter().map(|stage| repair::with_stage(*place, stage)).collect::<Vec<_>>();
                return self.fail(
                    Diagnostic::error(Code::RankMismatch, *place, message)
                        .label(format!("this is {found}"))
                        .also(ty.span, format!("declared as {wanted}"))
                        .also(origin, "made here")
                        .hint(hint)
                        .repairs(vectors),
                );
            }
            for (dimension, extent) in pattern.iter().zip(&found.shape) {
                let extent = i64::try_from(*extent).unwrap_or(i64::MAX);
                if !self.solve(dimension, extent, *place, &mut dimensions, &parameter.name.text)? {
                    later.push((dimension, extent, *place, &parameter.name.text));
                }
            }
        }
        for (dimension, extent, place, input) in later {
            if !self.solve(dimension, extent, place, &mut dimensions, input)? {
                let text = self.sources.text(dimension.span).to_string();
                return self.fail(
                    Diagnostic::error(Code::DimensionMismatch, dimension.span, format!("`{text}` cannot be solved"))
                        .hint("a dimension is solved from a lone name, from `k*n`, `n/k`, `n+k` or `n-k`; the others must be known by then"),
                );
            }
        }
        Ok(dimensions)
    }

    /// The dimensions of a declared type, after checking its kind.
    fn pattern<'t>(&mut self, ty: &'t Type, found: &TensorType, place: Span, what: &str) -> Eval<&'t [Expr]> {
        let (shape, normal): (&[Expr], bool) = match &ty.kind {
            TypeKind::Shape(shape) => (shape, false),
            TypeKind::Named { name, shape, .. } => match name.text.as_str() {
                "normal" => (shape.as_deref().unwrap_or(&[]), true),
                "volume" | "image" | "slices" | "vector" => (shape.as_deref().unwrap_or(&[]), false),
                "real" => (&[], false),
                "class" | "mask" if found.kind.is_discrete() => return Ok(shape.as_deref().unwrap_or(&[])),
                other => {
                    let message = format!("`{other}` cannot be the type of a block's input");
                    return self.fail(
                        Diagnostic::error(Code::KindMismatch, name.span, message)
                            .hint("inputs are `[c, d, h, w]`, `[n]`, `normal[n]` or `real`"),
                    );
                }
            },
        };
        match (&found.kind, normal) {
            (Kind::Normal, true) | (Kind::Tensor, false) => Ok(shape),
            (Kind::Normal, false) => self.fail(
                Diagnostic::error(Code::NormalUsed, place, format!("`{what}` needs numbers, found {found}"))
                    .also(ty.span, "declared here")
                    .hint("take a draw with `|> sample`, or its `.mean`")
                    .repair(repair::with_stage(place, "sample")),
            ),
            (_, true) => self.fail(
                Diagnostic::error(Code::KindMismatch, place, format!("`{what}` needs a Gaussian, found {found}"))
                    .also(ty.span, "declared here")
                    .hint("make one: `normal(mean: .., log_var: ..)`"),
            ),
            (_, false) => self.fail(
                Diagnostic::error(Code::ClassUsed, place, format!("`{what}` needs numbers, found {found}"))
                    .also(ty.span, "declared here")
                    .hint("use `|> one_hot` or `|> Embedding(8)`")
                    .repair(repair::with_stage(place, "one_hot")),
            ),
        }
    }

    /// Matches a dimension with its extent. `Ok(false)`: it needs a name that is not known yet.
    fn solve(&mut self, dimension: &Expr, extent: i64, place: Span, known: &mut Dimensions, input: &str) -> Eval<bool> {
        if let ExprKind::Name(name) = &dimension.kind {
            if name == "_" {
                return Ok(true);
            }
            if let Some((value, origin)) = known.get(name).copied() {
                return if value == extent {
                    Ok(true)
                } else {
                    self.two_values(name, value, origin, extent, place, input)
                };
            }
            if self.parameter_dimension(name).is_none() {
                known.insert(name.clone(), (extent, place));
                return Ok(true);
            }
        }
        if let Some(value) = self.dimension(dimension, known)? {
            if value == extent {
                return Ok(true);
            }
            let text = self.sources.text(dimension.span).to_string();
            let text = if text == value.to_string() { text } else { format!("{text} = {value}") };
            let origin = names(dimension).into_iter().find_map(|n| known.get(&n).map(|(_, s)| *s));
            let mut diagnostic = Diagnostic::error(
                Code::DimensionMismatch,
                place,
                format!("`{input}` needs {text} here, found {extent}"),
            )
            .also(dimension.span, "declared here");
            if let Some(origin) = origin {
                diagnostic = diagnostic.also(origin, "where the other dimensions come from");
            }
            return self.fail(diagnostic);
        }
        // One unknown in a linear form: undo the operation.
        let ExprKind::Binary { op, left, right } = &dimension.kind else { return Ok(false) };
        let (a, b) = (self.dimension(left, known)?, self.dimension(right, known)?);
        let solved = match (op, a, b) {
            (BinaryOp::Multiply, Some(k), None) if k != 0 => Some((right, extent, k)),
            (BinaryOp::Multiply, None, Some(k)) if k != 0 => Some((left, extent, k)),
            (BinaryOp::Divide, None, Some(k)) => Some((left, extent.saturating_mul(k), 1)),
            (BinaryOp::Add, Some(k), None) => Some((right, extent - k, 1)),
            (BinaryOp::Add, None, Some(k)) => Some((left, extent - k, 1)),
            (BinaryOp::Subtract, None, Some(k)) => Some((left, extent + k, 1)),
            (BinaryOp::Subtract, Some(k), None) => Some((right, k - extent, 1)),
            _ => None,
        };
        match solved {
            None => Ok(false),
            Some((inner, total, k)) if total % k == 0 => self.solve(inner, total / k, place, known, input),
            Some((_, total, k)) => {
                let text = self.sources.text(dimension.span).to_string();
                self.fail(
                    Diagnostic::error(Code::DimensionDivision, place, format!("{total} is not a multiple of {k}"))
                        .also(dimension.span, format!("`{text}` is declared here"))
                        .hint("pad or crop the input to a multiple"),
                )
            }
        }
    }

    fn two_values(
        &mut self,
        name: &str,
        value: i64,
        origin: Span,
        extent: i64,
        place: Span,
        input: &str,
    ) -> Eval<bool> {
        self.fail(
            Diagnostic::error(
                Code::DimensionMismatch,
                place,
                format!("`{name}` is {value}, but `{input}` has {extent} there"),
            )
            .label(format!("{name} = {extent}"))
            .also(origin, format!("{name} = {value} from here"))
            .hint(format!("a name in a signature has one value; use another name if the two may differ from `{name}`")),
        )
    }

    /// A dimension name that is a parameter of the block, or of the file.
    fn parameter_dimension(&mut self, name: &str) -> Option<i64> {
        if let Some((_, value)) = self.frame().locals.iter().rev().find(|(n, _)| n == name) {
            return if let Ok(Value::Int(i)) = value { Some(*i) } else { None };
        }
        let position = self.unit.resolve(self.scope(), name)?;
        if !matches!(self.unit.declarations[position].declaration.kind, DeclarationKind::Param { .. }) {
            return None;
        }
        match self.global(position, Span::default()) {
            Ok(Value::Int(i)) => Some(i),
            _ => None,
        }
    }

    /// A dimension whose names are all known.
    pub(super) fn dimension(&mut self, expr: &Expr, known: &Dimensions) -> Eval<Option<i64>> {
        match &expr.kind {
            ExprKind::Int(i) => Ok(Some(*i)),
            ExprKind::Name(name) => match known.get(name) {
                Some((value, _)) => Ok(Some(*value)),
                None => Ok(self.parameter_dimension(name)),
            },
            ExprKind::Binary { op, left, right } => {
                let (Some(a), Some(b)) = (self.dimension(left, known)?, self.dimension(right, known)?) else {
                    return Ok(None);
                };
                let value = match op {
                    BinaryOp::Add => a.checked_add(b),
                    BinaryOp::Subtract => a.checked_sub(b),
                    BinaryOp::Multiply => a.checked_mul(b),
                    BinaryOp::Power => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
                    BinaryOp::Divide if b != 0 && a % b == 0 => Some(a / b),
                    BinaryOp::Divide => {
                        let text = self.sources.text(expr.span).to_string();
                        let origin = names(expr).into_iter().find_map(|n| known.get(&n).map(|(_, s)| *s));
                        let mut diagnostic = Diagnostic::error(
                            Code::DimensionDivision,
                            expr.span,
                            format!("`{text}`: {a} cannot be divided by {b} without a remainder"),
                        )
                        .hint(format!("pad or crop the input so that the axis is a multiple of {b}"));
                        if let Some(origin) = origin {
                            diagnostic = diagnostic.also(origin, format!("the axis has {a} here"));
                        }
                        return self.fail(diagnostic);
                    }
                    _ => {
                        let message = format!("`{}` cannot be used on dimensions", op.spelling());
                        return self.fail(
                            Diagnostic::error(Code::DimensionMismatch, expr.span, message)
                                .hint("dimensions are names, whole numbers and `+ - * / ^` of them"),
                        );
                    }
                };
                match value {
                    Some(value) => Ok(Some(value)),
                    None => self.fail(
                        Diagnostic::error(Code::ArithmeticFailed, expr.span, "the dimension is too large")
                            .hint("look for a power or a product that grows further than meant"),
                    ),
                }
            }
            ExprKind::Call { .. } | ExprKind::Field { .. } | ExprKind::Index { .. } => match self.eval(expr)? {
                Value::Int(i) => Ok(Some(i)),
                other => self.expected("a whole number", &other, expr.span),
            },
            _ => self.fail(
                Diagnostic::error(Code::DimensionMismatch, expr.span, "this is not a dimension")
                    .hint("dimensions are names, whole numbers and `+ - * /` of them"),
            ),
        }
    }
}

/// Names in a dimension expression.
fn names(expr: &Expr) -> Vec<String> {
    match &expr.kind {
        ExprKind::Name(name) => vec![name.clone()],
        ExprKind::Binary { left, right, .. } => {
            let mut all = names(left);
            all.extend(names(right));
            all
        }
        _ => Vec::new(),
    }
}
