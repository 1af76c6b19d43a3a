//! The words of clauses and axes: what cohorts, stages, sweeps and searches say in their braces.

use super::resolve::Resolver;
use super::{Language, Role, SymbolId};
use crate::compile::Chapter;
use fascicle_syntax::{Clause, ClauseValue, Expr, ExprKind, Name, SweepAxis};

impl Resolver {
    pub(super) fn cohort_clause(&mut self, clause: &Clause) {
        let word = &clause.word;
        self.clause_word(Chapter::CohortClause, word);
        for ClauseValue { value, links } in &clause.values {
            match word.text.as_str() {
                "subject" => self.column(value, false),
                "keep" => self.condition(value, false),
                "rename" => {
                    if let ExprKind::Name(name) = &value.kind {
                        let id = self.column_symbol(name);
                        self.names.symbols[id.0 as usize].declared.push(value.span);
                        self.names.occurs(value.span, id, Role::Declaration);
                    }
                    continue;
                }
                _ => self.value(value),
            }
            links.iter().for_each(|(_, linked)| self.value(linked));
        }
    }

    pub(super) fn clause_word(&mut self, chapter: Chapter, word: &Name) {
        if crate::compile::find_entry(chapter, &word.text).is_some() {
            self.language(Language::Entry(chapter), &word.text, word.span, None);
        }
    }

    pub(super) fn stage_clause(&mut self, clause: &Clause) {
        self.clause_word(Chapter::Clause, &clause.word);
        for ClauseValue { value, links } in &clause.values {
            match clause.word.text.as_str() {
                "optimizer" => self.entry(Chapter::Optimizer, value),
                "schedule" => self.entry(Chapter::Schedule, value),
                "augment" => self.entry(Chapter::Augmentation, value),
                "sample" => self.entry(Chapter::Sampling, value),
                "patches" => self.entry(Chapter::Patch, value),
                "stop" => self.entry(Chapter::Stop, value),
                "keep" => self.kept(value),
                "within" => self.condition(value, false),
                "init" | "freeze" => self.module_path(value),
                _ => self.value(value),
            }
            for (word, linked) in links {
                match (clause.word.text.as_str(), word.text.as_str()) {
                    ("init", "from") => self.module_path(linked),
                    _ => self.value(linked),
                }
            }
        }
    }

    /// `keep best auc`: the metric is the last of its words.
    pub(super) fn kept(&mut self, value: &Expr) {
        match &value.kind {
            ExprKind::Phrase(words) => {
                for word in words {
                    if crate::compile::find_entry(Chapter::Metric, &word.text).is_some() {
                        self.language(Language::Entry(Chapter::Metric), &word.text, word.span, None);
                    }
                }
            }
            _ => self.value(value),
        }
    }

    /// What is swept: the params and groups, and their values.
    pub(super) fn axes(&mut self, axes: &[SweepAxis]) -> Vec<SymbolId> {
        let mut all = Vec::new();
        for axis in axes {
            let params: Vec<Option<SymbolId>> = axis.names.iter().map(|name| self.known(&name.text)).collect();
            for (name, param) in axis.names.iter().zip(&params) {
                if let Some(param) = param {
                    self.names.occurs(name.span, *param, Role::Setting);
                }
            }
            if let Some(values) = &axis.values {
                match (&values.kind, params.as_slice()) {
                    (ExprKind::List(items), [one]) => items.iter().for_each(|item| self.choice_or_value(*one, item)),
                    (ExprKind::List(rows), several) => {
                        for row in rows {
                            match &row.kind {
                                ExprKind::List(items) => {
                                    for (item, param) in items.iter().zip(several) {
                                        self.choice_or_value(*param, item);
                                    }
                                }
                                _ => self.value(row),
                            }
                        }
                    }
                    _ => self.value(values),
                }
            }
            all.extend(params.into_iter().flatten());
        }
        all
    }

    pub(super) fn sweep_clause(&mut self, clause: &Clause, params: &[SymbolId]) {
        for ClauseValue { value, links } in &clause.values {
            self.entry(Chapter::Metric, value);
            for (word, linked) in links {
                if word.text != "against" {
                    continue;
                }
                let items = match &linked.kind {
                    ExprKind::List(items) => items.as_slice(),
                    _ => std::slice::from_ref(linked),
                };
                for item in items {
                    let ExprKind::Name(name) = &item.kind else { continue };
                    let choice = params.iter().find_map(|param| self.choice(*param, name));
                    match choice {
                        Some(choice) => self.names.occurs(item.span, choice, Role::Use),
                        None => self.value(item),
                    }
                }
            }
        }
    }

    /// `choose mae of m`: the metric is the first of the words, the model the last.
    pub(super) fn chosen_by(&mut self, value: &Expr) {
        if let ExprKind::Phrase(words) = &value.kind
            && let Some(first) =
                words.first().filter(|w| crate::compile::find_entry(Chapter::Metric, &w.text).is_some())
        {
            self.language(Language::Entry(Chapter::Metric), &first.text, first.span, None);
            words[1..].iter().for_each(|word| self.global(word, Role::Use));
            return;
        }
        self.entry(Chapter::Metric, value);
    }

    pub(super) fn search_clause(&mut self, clause: &Clause) {
        self.clause_word(Chapter::SearchClause, &clause.word);
        for ClauseValue { value, links } in &clause.values {
            match clause.word.text.as_str() {
                "choose" => self.chosen_by(value),
                "sampler" => self.entry(Chapter::SearchSampler, value),
                "prune" => self.entry(Chapter::SearchPruning, value),
                _ => self.value(value),
            }
            links.iter().for_each(|(_, linked)| self.value(linked));
        }
    }
}
