//! The networks, layer by layer.

use super::table;
use crate::content::{Layer, Model, ReportContent};
use crate::number;
use crate::numbering::Numbering;
use maud::{Markup, PreEscaped, html};

/// For every model its totals and a table of its layers.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    (!content.models.is_empty()).then(|| html! { @for model in &content.models { (one(model, numbering)) } })
}

fn one(model: &Model, numbering: &mut Numbering) -> Markup {
    let facts = [
        (number::abbreviated(model.parameters), "parameters"),
        (number::abbreviated(model.operations), "multiply-accumulates a subject"),
        (
            number::bytes(model.memory),
            if model.batch > 0 { "for a training step" } else { "for a training step of one subject" },
        ),
    ];
    html! {
        h3 {
            "Model " span class="name" { (model.name) }
            @if let Some(variant) = &model.variant { span class="variant" { ", variant " (variant) } }
        }
        dl class="facts" {
            @for (value, name) in facts { div { dt { (name) } dd { (value) } } }
            @if model.batch > 0 { div { dt { "subjects a batch" } dd { (number::count(model.batch)) } } }
        }
        @if !model.drawing.is_empty() {
            details {
                summary { "The network of " (model.name) ", drawn" }
                div class="scroll" style="overflow-x:auto" { (PreEscaped(&model.drawing)) }
            }
        }
        @if !model.layers.is_empty() {
            (numbering.table(
                html! { "Layers of " (model.name) ", " (model.layers.len()) " in all. A layer without parameters of its own has none or shares those of another." },
                folded(&model.layers, model.parameters, model.operations),
            ))
        }
        @for critic in &model.critics {
            (numbering.table(
                html! {
                    "Layers of " (critic.name) ", a critic that " (model.name) " is trained to fool. Its parameters are in no total of the model's."
                },
                folded(&critic.layers, critic.parameters, 0),
            ))
        }
    }
}

fn folded(layers: &[Layer], parameters: u64, operations: u64) -> Markup {
    table::folded_when_long(layers.len(), &format!("All {} layers", layers.len()), rows(layers, parameters, operations))
}

fn rows(layers: &[Layer], parameters: u64, operations: u64) -> Markup {
    table::framed(html! {
        thead {
            tr {
                th scope="col" { "Layer" } th scope="col" { "Operator" } th scope="col" { "Output" }
                th scope="col" class="n" { "Parameters" } th scope="col" class="n" { "Operations" }
            }
        }
        tbody {
            @for layer in layers {
                tr {
                    td { code class="path" { (layer.path) } }
                    td class="wrap" { code { (layer.operator) } }
                    td { code { (layer.shape) } }
                    td class="n" { @if layer.parameters > 0 { (number::count(layer.parameters)) } @else { span class="missing" { "–" } } }
                    td class="n" { @if layer.operations > 0 { (number::abbreviated(layer.operations)) } @else { span class="missing" { "–" } } }
                }
            }
        }
        tfoot {
            tr {
                th scope="row" colspan="3" { "Total" }
                (table::figure_cell(&number::count(parameters)))
                @if operations > 0 { (table::figure_cell(&number::abbreviated(operations))) } @else { td class="n" { span class="missing" { "–" } } }
            }
        }
    })
}
