//! What stands in for what is absent, and reductions over the members of a family that a row has.

use super::format::DataType;
use super::nodes::Value;
use super::{Network, shape_of};
use crate::ExportError;
use fascicle_lang::graph::{Coalesce, Node, Presence, Reduction};

/// A member of a family: its value in every row, and who has it.
pub(super) struct Member {
    pub value: Value,
    pub presence: Presence,
}

impl Network<'_> {
    /// Something in place of what is absent.
    pub(super) fn coalesce(&mut self, node: &Node, with: Coalesce) -> Result<Value, ExportError> {
        let ty = self.type_of(node, 0);
        let x = self.read(node, 0);
        let other = match with {
            Coalesce::Zeros if ty.kind.is_discrete() => self.nodes.whole(0),
            Coalesce::Zeros => self.nodes.number(0.0),
            Coalesce::TrainingMean => self.training_mean(node)?,
            Coalesce::Other => self.read(node, 1),
        };
        let present = if ty.batched { ty.presence } else { Presence::new() };
        Ok(self.where_held(&present, shape_of(&node.ty).len(), &x, &other))
    }

    /// The members that a node reads.
    pub(super) fn members(&mut self, node: &Node) -> Vec<Member> {
        let mut members = Vec::with_capacity(node.inputs.len());
        for at in 0..node.inputs.len() {
            let ty = self.type_of(node, at);
            let x = self.number_of(node, at);
            let value = self.in_rows(&x, &ty);
            members.push(Member { value, presence: if ty.batched { ty.presence } else { Presence::new() } });
        }
        members
    }

    /// A reduction over the members that a row has; a row that has none is 0.
    pub(super) fn present(&mut self, node: &Node, reduction: Reduction) -> Value {
        let axes = shape_of(&node.ty).len();
        let members = self.members(node);
        let neutral = self.nodes.number(match reduction {
            Reduction::Sum | Reduction::Mean | Reduction::Variance => 0.0,
            Reduction::Maximum => f64::NEG_INFINITY,
            Reduction::Minimum => f64::INFINITY,
        });
        let mut own = Vec::with_capacity(members.len());
        for member in &members {
            own.push(self.where_held(&member.presence, axes, &member.value, &neutral));
        }
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let behind: Vec<usize> = (1..=axes).collect();
        match reduction {
            Reduction::Sum => self.nodes.call("Sum", &own, Vec::new()),
            Reduction::Mean => {
                let sum = self.nodes.call("Sum", &own, Vec::new());
                let count = self.count(&members, &behind);
                self.nodes.call("Div", &[&sum, &count], Vec::new())
            }
            Reduction::Maximum | Reduction::Minimum => {
                let function = if reduction == Reduction::Maximum { "Max" } else { "Min" };
                let extreme = self.nodes.call(function, &own, Vec::new());
                match self.anybody(&members) {
                    None => extreme,
                    Some(any) => {
                        let zero = self.nodes.number(0.0);
                        self.chosen(&any, axes, &extreme, &zero)
                    }
                }
            }
            Reduction::Variance => {
                let sum = self.nodes.call("Sum", &own, Vec::new());
                let count = self.count(&members, &behind);
                let mean = self.nodes.call("Div", &[&sum, &count], Vec::new());
                let mut squares = Vec::with_capacity(members.len());
                for member in &members {
                    let centred = self.nodes.call("Sub", &[&member.value, &mean], Vec::new());
                    let squared = self.nodes.call("Mul", &[&centred, &centred], Vec::new());
                    squares.push(self.where_held(&member.presence, axes, &squared, &neutral));
                }
                let squares: Vec<&str> = squares.iter().map(String::as_str).collect();
                let sum = self.nodes.call("Sum", &squares, Vec::new());
                self.nodes.call("Div", &[&sum, &count], Vec::new())
            }
        }
    }

    /// How many members a row has, at least 1, with these axes behind.
    fn count(&mut self, members: &[Member], behind: &[usize]) -> Value {
        let everywhere = members.iter().filter(|member| member.presence.is_empty()).count();
        let mut terms = vec![self.nodes.numbers(&[1], &[everywhere as f32])];
        for member in members {
            if let Some(held) = self.held(&member.presence) {
                terms.push(self.nodes.cast(&held, DataType::Float));
            }
        }
        let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
        let count = self.nodes.call("Sum", &terms, Vec::new());
        let one = self.nodes.number(1.0);
        let count = self.nodes.call("Max", &[&count, &one], Vec::new());
        self.nodes.with_axes(&count, behind)
    }

    /// Which rows have some member; `None` where all have one.
    pub(super) fn anybody(&mut self, members: &[Member]) -> Option<Value> {
        let mut any: Option<Value> = None;
        for member in members {
            let held = self.held(&member.presence)?;
            any = Some(match any {
                None => held,
                Some(others) => self.nodes.call("Or", &[&others, &held], Vec::new()),
            });
        }
        any
    }
}
