//! Where the numbers come from.

use super::table;
use crate::content::{Provenance, ReportContent, TaskState};
use crate::number;
use crate::numbering::Numbering;
use crate::page::readable_time;
use maud::{Markup, html};

/// As many letters of a fingerprint as tell two of them apart.
const SHORT: usize = 12;

/// The command, versions, seeds and tasks.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    let provenance = content.provenance.as_ref()?;
    let versions: Vec<String> = provenance.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let seeds: Vec<String> = provenance.seeds.iter().map(u64::to_string).collect();
    let facts = [
        ("Begun", readable_time(&provenance.started)),
        ("Took", if provenance.seconds.is_finite() { number::duration(provenance.seconds) } else { String::new() }),
        ("Device", provenance.device.clone()),
        ("Seeds", seeds.join(", ")),
        ("fascicle", provenance.fascicle.clone()),
        ("Built with", versions.join(", ")),
    ];
    Some(html! {
        @if !provenance.command.is_empty() { pre class="command" tabindex="0" { code { "$ " (provenance.command) } } }
        dl class="list" {
            @for (name, value) in facts.iter().filter(|fact| !fact.1.is_empty()) {
                dt { (name) } dd { (value) }
            }
            @for (name, fingerprint) in &provenance.fingerprints {
                dt { (name) } dd { code class="fingerprint" { (fingerprint) } }
            }
        }
        @if !provenance.tasks.is_empty() {
            (numbering.table(tally(provenance), table::folded_when_long(
                provenance.tasks.len(), &format!("All {} tasks", provenance.tasks.len()), tasks(provenance),
            )))
        }
    })
}

fn tally(provenance: &Provenance) -> Markup {
    let count = |state| provenance.tasks.iter().filter(|task| task.state == state).count();
    let said: Vec<String> = [
        (TaskState::Ran, "ran"),
        (TaskState::Reused, "reused from the store"),
        (TaskState::Failed, "failed"),
        (TaskState::Skipped, "skipped"),
    ]
    .into_iter()
    .filter(|(state, _)| count(*state) > 0)
    .map(|(state, name)| format!("{} {name}", count(state)))
    .collect();
    html! { "Tasks of the plan: " (said.join(", ")) "." }
}

fn tasks(provenance: &Provenance) -> Markup {
    table::framed(html! {
        thead { tr { th scope="col" { "Task" } th scope="col" { "State" } th scope="col" class="n" { "Took" } th scope="col" { "Fingerprint" } } }
        tbody {
            @for task in &provenance.tasks {
                tr {
                    td { (task.name) }
                    td { (state(task.state)) }
                    td class="n" { @if task.state == TaskState::Ran && task.seconds.is_finite() { (number::duration(task.seconds)) } }
                    td { code class="fingerprint" title=(task.fingerprint) { (task.fingerprint.chars().take(SHORT).collect::<String>()) } }
                }
            }
        }
    })
}

fn state(state: TaskState) -> Markup {
    match state {
        TaskState::Ran => html! { "ran" },
        TaskState::Reused => html! { span class="missing" { "reused" } },
        TaskState::Failed => html! { b { "failed" } },
        TaskState::Skipped => html! { span class="missing" { "skipped" } },
    }
}
