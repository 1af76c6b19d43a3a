//! Warnings about what nothing uses and what nobody asks. Only for files without errors: what is broken uses nothing.

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::unit::{Unit, declared_name};
use crate::program::Program;
use crate::syntax::{DeclarationKind, Type, TypeKind};

/// Warnings about what nothing uses.
pub(super) fn lint(unit: &Unit, used: &[bool], program: Option<&Program>, diagnostics: &mut Vec<Diagnostic>) {
    let block = |ty: &Type| matches!(&ty.kind, TypeKind::Named { name, .. } if name.text == "block");
    let blocks_are_chosen = unit
        .declarations
        .iter()
        .any(|d| matches!(&d.declaration.kind, DeclarationKind::Param { ty, .. } if d.scope == 0 && block(ty)));
    for (declared, used) in unit.declarations.iter().zip(used) {
        if *used || declared.scope != 0 {
            continue;
        }
        // A parameter may name any block from outside.
        if blocks_are_chosen && matches!(declared.declaration.kind, DeclarationKind::Block(_)) {
            continue;
        }
        let (code, name, what) = match &declared.declaration.kind {
            DeclarationKind::Param { name, .. } => (Code::UnusedParam, name, "parameter"),
            DeclarationKind::Input { name, .. } => (Code::UnusedInput, name, "input"),
            DeclarationKind::Block(block) => (Code::UnusedBlock, &block.name, "block"),
            DeclarationKind::Loss { name, .. } => (Code::UnusedBlock, name, "loss"),
            DeclarationKind::Group { name, .. } => (Code::UnusedInput, name, "group"),
            _ => continue,
        };
        diagnostics.push(
            Diagnostic::error(code, name.span, format!("nothing uses the {what} `{}`", name.text))
                .hint("remove it, or use it"),
        );
    }
    let Some(program) = program else { return };
    for (index, model) in program.models.iter().enumerate() {
        let trained = program.stages.iter().any(|s| {
            let live = program.graph.live(model.live_roots.iter().copied());
            s.model == index || program.graph.live_modules(&live).iter().any(|m| s.trainable.contains(m))
        });
        let asked = program.scores.iter().any(|s| s.model == index) || !program.analyses.is_empty();
        if !trained && asked {
            let place =
                unit.resolve(0, &model.name).and_then(|p| declared_name(&unit.declarations[p].declaration.kind));
            if let Some(name) = place {
                diagnostics.push(
                    Diagnostic::error(
                        Code::NoTraining,
                        name.span,
                        format!("nothing trains the model `{}`", model.name),
                    )
                    .hint(format!("add: train {} {{ minimize .. }}", model.name)),
                );
            }
        }
    }
    if !program.stages.is_empty() && program.scores.is_empty() && program.analyses.is_empty() {
        let place = unit.declarations.iter().find_map(|d| match &d.declaration.kind {
            DeclarationKind::Train { model, .. } if d.scope == 0 => Some(model),
            _ => None,
        });
        if let Some(model) = place {
            diagnostics.push(
                Diagnostic::error(Code::NoScore, model.span, "the file trains and asks nothing of the result")
                    .hint(format!("add for example: score {}: auc", model.text)),
            );
        }
    }
}
