//! Gaussians, `[rows, 2, n]`: means, then log-variances; and mixtures of those that a row has.

use super::Network;
use super::absence::Member;
use super::format::DataType;
use super::nodes::{Value, int};
use crate::ExportError;
use fascicle_lang::graph::{Mixture, Node, Presence};
use std::collections::BTreeSet;

/// Added to a variance, and again to what precisions are taken of, as the lowering does.
const EPSILON: f64 = 1e-8;
/// Sets of inputs of which each may be there or not: their subsets are written out.
const MOST_SETS: usize = 8;

/// Means and log-variances of one Gaussian, `[rows, n]` each.
#[derive(Clone)]
struct Gaussian {
    mean: Value,
    log_variance: Value,
}

/// Truths a row; `None` where all are true.
type Flags = Option<Value>;

impl Network<'_> {
    /// Means (0) or log-variances (1).
    pub(super) fn half(&mut self, x: &str, which: i64) -> Value {
        let which = self.nodes.whole(which);
        self.nodes.call("Gather", &[x, &which], vec![int("axis", 1)])
    }

    fn gaussian(&mut self, x: &str) -> Gaussian {
        Gaussian { mean: self.half(x, 0), log_variance: self.half(x, 1) }
    }

    fn joined(&mut self, of: &Gaussian) -> Value {
        self.stack(&[of.mean.clone(), of.log_variance.clone()], 1)
    }

    fn two(&mut self, op: &str, a: &str, b: &str) -> Value {
        self.nodes.call(op, &[a, b], Vec::new())
    }

    fn one(&mut self, op: &str, x: &str) -> Value {
        self.nodes.call(op, &[x], Vec::new())
    }

    /// Kullback-Leibler divergence to the standard normal, or of the first to the second: one number a row.
    pub(super) fn divergence(&mut self, node: &Node) -> Value {
        let p = self.read(node, 0);
        let p = self.gaussian(&p);
        let variance = self.one("Exp", &p.log_variance);
        let terms = if node.inputs.len() < 2 {
            let squared = self.two("Mul", &p.mean, &p.mean);
            let sum = self.two("Add", &variance, &squared);
            self.two("Sub", &sum, &p.log_variance)
        } else {
            let q = self.read(node, 1);
            let q = self.gaussian(&q);
            let off = self.two("Sub", &p.mean, &q.mean);
            let squared = self.two("Mul", &off, &off);
            let spread = self.two("Add", &variance, &squared);
            let less = self.one("Neg", &q.log_variance);
            let precision = self.one("Exp", &less);
            let scaled = self.two("Mul", &spread, &precision);
            let log_ratio = self.two("Sub", &q.log_variance, &p.log_variance);
            self.two("Add", &log_ratio, &scaled)
        };
        let one = self.nodes.number(1.0);
        let terms = self.two("Sub", &terms, &one);
        self.half_the_sum(&terms, 0.5)
    }

    /// The sum over the axis behind the rows, times a number.
    fn half_the_sum(&mut self, terms: &str, times: f64) -> Value {
        let sum = self.nodes.reduced("ReduceSum", terms, &[1], false);
        let times = self.nodes.number(times);
        self.two("Mul", &sum, &times)
    }

    /// Logarithm of the density under the standard normal, or under the second: one number a row.
    pub(super) fn log_density(&mut self, node: &Node) -> Value {
        let z = self.number_of(node, 0);
        let terms = if node.inputs.len() < 2 {
            self.two("Mul", &z, &z)
        } else {
            let q = self.read(node, 1);
            let q = self.gaussian(&q);
            let off = self.two("Sub", &z, &q.mean);
            let squared = self.two("Mul", &off, &off);
            let less = self.one("Neg", &q.log_variance);
            let precision = self.one("Exp", &less);
            let scaled = self.two("Mul", &squared, &precision);
            self.two("Add", &scaled, &q.log_variance)
        };
        let constant = self.nodes.number(std::f64::consts::TAU.ln());
        let terms = self.two("Add", &terms, &constant);
        self.half_the_sum(&terms, -0.5)
    }

    /// Several Gaussians fused, each row by those it has.
    pub(super) fn mixture(&mut self, node: &Node, kind: Mixture, prior: bool) -> Result<Value, ExportError> {
        let members = self.members(node);
        let zeros = self.standard_part(node);
        let standard = Gaussian { mean: zeros.clone(), log_variance: zeros };
        let mut experts: Vec<(Gaussian, Presence)> = Vec::with_capacity(members.len() + 1);
        for Member { value, presence } in members {
            experts.push((self.gaussian(&value), presence));
        }
        if prior && kind != Mixture::MixtureOfProducts {
            experts.push((standard.clone(), Presence::new()));
        }
        let fused = match kind {
            Mixture::Product => {
                let mut flagged = Vec::with_capacity(experts.len());
                for (expert, presence) in experts {
                    flagged.push((expert, self.held(&presence)));
                }
                self.product(&flagged)
            }
            Mixture::Mixture => {
                let sets: Vec<BTreeSet<usize>> = (0..experts.len()).map(|at| BTreeSet::from([at])).collect();
                let presences: Vec<Presence> = experts.iter().map(|(_, presence)| presence.clone()).collect();
                let experts: Vec<Gaussian> = experts.into_iter().map(|(expert, _)| expert).collect();
                self.dealt(node, &experts, &sets, &presences, &standard)?
            }
            Mixture::MixtureOfProducts => {
                let presences: Vec<Presence> = experts.iter().map(|(_, presence)| presence.clone()).collect();
                let mut sets: Vec<BTreeSet<usize>> = (1..1_usize << experts.len())
                    .map(|bits| (0..experts.len()).filter(|e| bits & (1 << e) != 0).collect())
                    .collect();
                sets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
                let mut products = Vec::with_capacity(sets.len());
                for set in &sets {
                    // A row is dealt only to sets of which it has all.
                    let mut own: Vec<(Gaussian, Flags)> = set.iter().map(|e| (experts[*e].0.clone(), None)).collect();
                    if prior {
                        match self.has_no_more(set, &presences) {
                            // Of a set beside which everybody has another, nobody has just this.
                            Err(()) => {}
                            Ok(flags) => own.push((standard.clone(), flags)),
                        }
                    }
                    products.push(self.product(&own));
                }
                self.dealt(node, &products, &sets, &presences, &standard)?
            }
        };
        Ok(self.joined(&fused))
    }

    /// Zeros, `[rows, n]`.
    fn standard_part(&mut self, node: &Node) -> Value {
        let rows = self.rows();
        let shape: Vec<i64> = node.ty.shape.iter().map(|extent| *extent as i64).collect();
        let shape = self.nodes.wholes(&shape);
        let all = self.nodes.call("Concat", &[&rows, &shape], vec![int("axis", 0)]);
        let zero = self.nodes.number(0.0);
        self.nodes.call("Expand", &[&zero, &all], Vec::new())
    }

    /// Rows that have none of the experts outside a set; an error where there can be none.
    fn has_no_more(&mut self, set: &BTreeSet<usize>, presences: &[Presence]) -> Result<Flags, ()> {
        let outside = (0..presences.len()).filter(|e| !set.contains(e));
        let mut all: Flags = None;
        for presence in outside.map(|e| presences[e].clone()).collect::<Vec<_>>() {
            let held = self.held(&presence).ok_or(())?;
            let lacks = self.one("Not", &held);
            all = Some(match all {
                None => lacks,
                Some(others) => self.two("And", &others, &lacks),
            });
        }
        Ok(all)
    }

    /// Product of experts: precisions add. Rows that have no expert are standard normal.
    fn product(&mut self, experts: &[(Gaussian, Flags)]) -> Gaussian {
        let (epsilon, zero, one) = (self.nodes.number(EPSILON), self.nodes.number(0.0), self.nodes.number(1.0));
        let (mut moments, mut precisions) = (Vec::new(), Vec::new());
        let mut alone: Option<Flags> = None;
        for (expert, flags) in experts {
            let variance = self.one("Exp", &expert.log_variance);
            let variance = self.two("Add", &variance, &epsilon);
            let variance = self.two("Add", &variance, &epsilon);
            let mut precision = self.one("Reciprocal", &variance);
            let mut moment = self.two("Mul", &expert.mean, &precision);
            if let Some(flags) = flags {
                precision = self.chosen(flags, 1, &precision, &zero);
                moment = self.chosen(flags, 1, &moment, &zero);
            }
            moments.push(moment);
            precisions.push(precision);
            alone = Some(match (alone, flags) {
                (None, flags) => flags.clone(),
                (Some(Some(others)), Some(flags)) => Some(self.two("Or", &others, flags)),
                _ => None,
            });
        }
        let sum = |network: &mut Self, terms: &[Value]| {
            let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
            network.nodes.call("Sum", &terms, Vec::new())
        };
        let (moment, mut precision) = (sum(self, &moments), sum(self, &precisions));
        if let Some(Some(some)) = alone {
            precision = self.chosen(&some, 1, &precision, &one);
        }
        let mean = self.two("Div", &moment, &precision);
        let variance = self.one("Reciprocal", &precision);
        let variance = self.two("Add", &variance, &epsilon);
        Gaussian { mean, log_variance: self.one("Log", &variance) }
    }

    /// Rows dealt out among experts in equal blocks, those with the same experts among themselves. An expert is there for rows that
    /// have every member of its set.
    fn dealt(
        &mut self,
        node: &Node,
        experts: &[Gaussian],
        sets: &[BTreeSet<usize>],
        presences: &[Presence],
        standard: &Gaussian,
    ) -> Result<Gaussian, ExportError> {
        let distinct: Vec<&Presence> =
            presences.iter().filter(|presence| !presence.is_empty()).collect::<BTreeSet<_>>().into_iter().collect();
        if distinct.len() > MOST_SETS {
            let problem = format!(
                "it mixes members of {} different absences, and an ONNX file writes out every way to have some of them, \
                 {MOST_SETS} at most; `poe` in place of `moe` and `mopoe` has no such bound, and `--to torch` has none either",
                distinct.len()
            );
            return Err(self.refused(node, &problem));
        }
        let rows = self.rows();
        let whole = |network: &mut Self, n: usize| network.nodes.whole(n as i64);
        let nobody = whole(self, experts.len());
        let mut choice = self.nodes.call("Expand", &[&nobody, &rows], Vec::new());
        for bits in 0..1_usize << distinct.len() {
            let is_there = |presence: &Presence| {
                distinct.iter().position(|known| *known == presence).is_none_or(|at| bits & (1 << at) != 0)
            };
            let has: Vec<usize> =
                (0..experts.len()).filter(|e| sets[*e].iter().all(|m| is_there(&presences[*m]))).collect();
            let Some(last) = has.len().checked_sub(1) else { continue };
            // The rows that have just these, of those that the value is for.
            let mut flags = self.held(&node.ty.presence.clone());
            for (at, presence) in distinct.iter().enumerate() {
                let Some(held) = self.held(presence) else { continue };
                let own = if bits & (1 << at) != 0 { held } else { self.one("Not", &held) };
                flags = Some(match flags {
                    None => own,
                    Some(others) => self.two("And", &others, &own),
                });
            }
            let group = match &flags {
                Some(flags) => self.nodes.cast(flags, DataType::Int64),
                None => {
                    let one = whole(self, 1);
                    self.nodes.call("Expand", &[&one, &rows], Vec::new())
                }
            };
            let (zero, one, of, end) = (whole(self, 0), whole(self, 1), whole(self, has.len()), whole(self, last));
            let count = self.nodes.reduced("ReduceSum", &group, &[0], false);
            let block = self.two("Div", &count, &of);
            let sums = self.nodes.call("CumSum", &[&group, &zero], Vec::new());
            let place = self.two("Sub", &sums, &one);
            let place = self.two("Max", &place, &zero);
            // Where there are fewer rows than experts, each row has its own.
            let block = self.two("Max", &block, &one);
            let turn = self.two("Div", &place, &block);
            let turn = self.two("Min", &turn, &end);
            let has: Vec<i64> = has.iter().map(|e| *e as i64).collect();
            let has = self.nodes.wholes(&has);
            let expert = self.nodes.call("Gather", &[&has, &turn], vec![int("axis", 0)]);
            choice = match &flags {
                Some(flags) => self.nodes.call("Where", &[flags, &expert, &choice], Vec::new()),
                None => expert,
            };
        }
        let at = self.nodes.with_axes(&choice, &[1]);
        let mut picked = |part: fn(&Gaussian) -> &Value| {
            let all: Vec<Value> = experts.iter().chain([standard]).map(|g| part(g).clone()).collect();
            let all = self.stack(&all, 1);
            self.nodes.call("GatherND", &[&all, &at], vec![int("batch_dims", 1)])
        };
        Ok(Gaussian { mean: picked(|g| &g.mean), log_variance: picked(|g| &g.log_variance) })
    }
}
