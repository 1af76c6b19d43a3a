//! The head of what is being called, with the argument at hand.

use crate::callable::Callable;
use crate::complete::{Asked, callable};
use crate::context::{Context, Quoted};
use crate::names::names_of;
use crate::snapshot::{Snapshot, Workspace};

/// What is being called.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// Its head.
    pub head: String,
    /// Where each parameter stands in the head, in bytes.
    pub places: Vec<(usize, usize)>,
    /// What is called.
    pub callable: Callable,
    /// The parameter that the caret's argument gives.
    pub active: Option<usize>,
}

/// What is being called at a place: by the words before it, so that an unclosed call has one.
pub fn signature(snapshot: &Snapshot, workspace: &Workspace, at: usize) -> Option<Signature> {
    let text = snapshot.text();
    let context = Context::at(text, at);
    if matches!(context.quoted, Some(Quoted::Comment)) {
        return None;
    }
    let asked = Asked { snapshot, workspace, text, names: names_of(snapshot, workspace), context };
    // Lists within an argument belong to the call around them.
    let open =
        asked.context.open.iter().rev().take_while(|open| open.bracket != '{').find(|open| open.callee.is_some())?;
    let (callable, _) = callable(&asked, open)?;
    let (head, places) = callable.head();
    let name = open.argument.as_deref();
    let active = callable.parameter(name, open.position, open.piped);
    Some(Signature { head, places, callable, active })
}
