//! Which names a file sees: its own with those of the files that it extends, and those that it takes.

use super::SymbolId;
use indexmap::IndexMap;

/// What one file, with those that it extends, can see.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// Names of its own.
    pub own: IndexMap<String, SymbolId>,
    /// Names taken from other scopes.
    pub taken: IndexMap<String, usize>,
}

/// The symbol that a name means in a scope.
pub(super) fn resolve(scopes: &[Scope], scope: usize, name: &str) -> Option<SymbolId> {
    let here = scopes.get(scope)?;
    here.own.get(name).copied().or_else(|| scopes.get(*here.taken.get(name)?)?.own.get(name).copied())
}

/// Every symbol that a scope can name.
pub(super) fn visible(scopes: &[Scope], scope: usize) -> Vec<SymbolId> {
    let Some(here) = scopes.get(scope) else { return Vec::new() };
    let taken = here.taken.iter().filter_map(|(name, from)| scopes.get(*from)?.own.get(name).copied());
    here.own.values().copied().chain(taken).collect()
}
