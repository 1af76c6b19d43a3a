//! What stands in the braces of cohorts, stages, sweeps and searches, and what the last two vary.

use super::{Children, Convert, Pair, Result, Rule};
use crate::tree::{Clause, ClauseValue, SweepAxis};

impl Convert {
    pub(super) fn sweep_axis(&self, pair: Pair<'_, Rule>) -> Result<SweepAxis> {
        let mut c = self.children(pair);
        let first = c.next()?;
        let names = if first.as_rule() == Rule::sweep_names {
            first.into_inner().map(|n| self.name(&n)).collect()
        } else {
            vec![self.name(&first)]
        };
        c.skip_keywords();
        let values = c.take(Rule::expr).map(|e| self.expr(e)).transpose()?;
        Ok(SweepAxis { names, values })
    }

    pub(super) fn maybe_clauses(&self, c: &mut Children<'_>) -> Result<Vec<Clause>> {
        let Some(pair) = c.take(Rule::clauses) else { return Ok(Vec::new()) };
        pair.into_inner()
            .map(|p| {
                let mut c = self.children(p);
                let word = self.name(&c.next()?);
                let values =
                    c.all(Rule::clause_value).into_iter().map(|v| self.clause_value(v)).collect::<Result<_>>()?;
                Ok(Clause { word, values })
            })
            .collect()
    }

    pub(super) fn clause_value(&self, pair: Pair<'_, Rule>) -> Result<ClauseValue> {
        let mut c = self.children(pair);
        let value = self.expr(c.next()?)?;
        let mut links = Vec::new();
        while let Some(word) = c.take(Rule::clause_link) {
            links.push((self.name(&word), self.expr(c.next()?)?));
        }
        Ok(ClauseValue { value, links })
    }
}
