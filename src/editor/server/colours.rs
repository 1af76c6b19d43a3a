//! Semantic tokens: all of a file, and what has changed of them since they were last told.
//!
//! A key changes the line that it is typed in: the tokens of other lines are the same numbers, since each is counted from the one
//! before it. What the client has is known by the name of the last answer.

use super::{State, protocol};
use crate::snapshot::Snapshot;
use crate::tokens::{self, TokenClass};
use gen_lsp_types as lsp;

/// Numbers of a token in the protocol.
const NUMBERS: usize = 5;

/// The tokens that a client was last told of a file.
#[derive(Debug, Default)]
pub struct Told {
    /// The name of that answer.
    id: u64,
    /// Its numbers.
    data: Vec<u32>,
}

/// All tokens.
pub(super) fn full(state: &State, params: lsp::SemanticTokensParams) -> Result<Option<lsp::SemanticTokens>, String> {
    let Some(snapshot) = state.snapshot(&params.text_document.uri) else { return Ok(None) };
    let data = encoded(state, snapshot);
    let result_id = Some(state.tell(snapshot, numbers(&data)));
    Ok(Some(lsp::SemanticTokens { result_id, data }))
}

/// What has changed of them; all, where the client has others than it was last told.
pub(super) fn delta(
    state: &State,
    params: lsp::SemanticTokensDeltaParams,
) -> Result<Option<lsp::SemanticTokensDeltaResponse>, String> {
    let Some(snapshot) = state.snapshot(&params.text_document.uri) else { return Ok(None) };
    let data = encoded(state, snapshot);
    let now = numbers(&data);
    let before = state.told.borrow_mut().remove(&snapshot.file);
    let before = before.filter(|told| told.id.to_string() == params.previous_result_id);
    let result_id = Some(state.tell(snapshot, now.clone()));
    Ok(Some(match before {
        Some(told) => {
            lsp::SemanticTokensDelta { result_id, edits: changed(&told.data, &now).into_iter().collect() }.into()
        }
        None => lsp::SemanticTokens { result_id, data }.into(),
    }))
}

impl State {
    /// Keeps what the client is told, under a new name.
    fn tell(&self, snapshot: &Snapshot, data: Vec<u32>) -> String {
        let id = self.answers.get() + 1;
        self.answers.set(id);
        self.told.borrow_mut().insert(snapshot.file.clone(), Told { id, data });
        id.to_string()
    }
}

/// One edit that makes one list of numbers the other: of what lies between the tokens that both begin and end with.
fn changed(before: &[u32], now: &[u32]) -> Option<lsp::SemanticTokensEdit> {
    let same = |(a, b): &(&[u32], &[u32])| a == b;
    let first = before.chunks(NUMBERS).zip(now.chunks(NUMBERS)).take_while(same).count() * NUMBERS;
    let (old, new) = (&before[first..], &now[first..]);
    let last = old.rchunks(NUMBERS).zip(new.rchunks(NUMBERS)).take_while(same).count() * NUMBERS;
    let (removed, added) = (old.len() - last, &new[..new.len() - last]);
    (removed > 0 || !added.is_empty()).then(|| lsp::SemanticTokensEdit {
        start: first as u32,
        delete_count: removed as u32,
        data: (!added.is_empty()).then(|| added.to_vec()),
    })
}

fn numbers(tokens: &[lsp::SemanticToken]) -> Vec<u32> {
    let of = |t: &lsp::SemanticToken| [t.delta_line, t.delta_start, t.length, t.token_type, t.token_modifiers_bitset];
    tokens.iter().flat_map(of).collect()
}

/// The tokens, each counted from the one before it.
fn encoded(state: &State, snapshot: &Snapshot) -> Vec<lsp::SemanticToken> {
    let mut last = lsp::Position { line: 0, character: 0 };
    let mut data = Vec::new();
    for token in tokens::tokens(snapshot, &state.workspace) {
        let range = protocol::range(&snapshot.document, token.range.clone(), state.encoding);
        let start = range.start;
        let same_line = start.line == last.line;
        data.push(lsp::SemanticToken {
            delta_line: start.line - last.line,
            delta_start: if same_line { start.character - last.character } else { start.character },
            length: range.end.character.saturating_sub(start.character),
            token_type: TokenClass::ALL.iter().position(|class| *class == token.class).unwrap_or(0) as u32,
            token_modifiers_bitset: token.modifiers(),
        });
        last = start;
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_changed_lies_between_what_is_the_same() {
        let token = |n: u32| [n, 0, 1, 2, 0];
        let list = |ns: &[u32]| ns.iter().flat_map(|n| token(*n)).collect::<Vec<u32>>();
        for (before, now) in [
            (vec![1, 2, 3], vec![1, 4, 3]),
            (vec![1, 2, 3], vec![1, 3]),
            (vec![1, 3], vec![1, 2, 3]),
            (vec![1, 1], vec![1, 1, 1]),
            (vec![], vec![1]),
            (vec![1], vec![]),
        ] {
            let (before, now) = (list(&before), list(&now));
            let edit = changed(&before, &now).expect("an edit");
            let (start, count) = (edit.start as usize, edit.delete_count as usize);
            let made = [&before[..start], &edit.data.unwrap_or_default(), &before[start + count..]].concat();
            assert_eq!(made, now);
        }
        assert!(changed(&list(&[1, 2]), &list(&[1, 2])).is_none());
    }
}
