//! Text for Graphviz.

use crate::diagram::{Kind, Vertex};
use crate::panel::Panel;
use crate::svg::{PALETTE, count};

/// All panels as one graph, each a cluster.
pub fn dot(panels: &[Panel]) -> String {
    let mut out =
        String::from("digraph fascicle {\n  rankdir=TB;\n  node [shape=box, fontname=\"Helvetica\", fontsize=11];\n");
    out.push_str("  edge [fontname=\"Helvetica\", fontsize=10];\n");
    for (number, panel) in panels.iter().enumerate() {
        let diagram = &panel.diagram;
        out.push_str(&format!("  subgraph cluster_{number} {{\n    label={};\n", quoted(&heading(panel))));
        for (at, vertex) in diagram.vertices.iter().enumerate() {
            let mut style = vec!["filled"];
            if vertex.kind != Kind::Block && vertex.kind != Kind::Layers {
                style.push("rounded");
            }
            if vertex.absent {
                style.push("dashed");
            }
            let fill = vertex.shared.map_or("#ffffff", |colour| PALETTE[colour % PALETTE.len()]);
            let border = if panel.marked.contains(&at) { ", color=\"#c2410c\", penwidth=2" } else { "" };
            out.push_str(&format!(
                "    b{number}_{at} [label={}, style=\"{}\", fillcolor=\"{fill}\"{border}];\n",
                label(vertex),
                style.join(",")
            ));
        }
        for arrow in &diagram.arrows {
            let dashed = if arrow.absent { ", style=dashed" } else { "" };
            out.push_str(&format!(
                "    b{number}_{} -> b{number}_{} [label={}{dashed}];\n",
                arrow.from,
                arrow.to,
                quoted(&arrow.shape)
            ));
        }
        out.push_str("  }\n");
    }
    out.push_str("}\n");
    out
}

/// What stands above a panel.
pub(crate) fn heading(panel: &Panel) -> String {
    let parameters = count(panel.diagram.parameters);
    let variant =
        if panel.title.is_empty() || panel.title == "base" { String::new() } else { format!(", {}", panel.title) };
    format!("{}{variant}: {parameters} parameters", panel.diagram.model)
}

fn label(vertex: &Vertex) -> String {
    let mut lines = Vec::new();
    if !vertex.title.is_empty() {
        lines.push(vertex.title.clone());
    }
    lines.extend(vertex.lines.iter().map(|line| {
        let times = if line.times > 1 { format!(" ×{}", line.times) } else { String::new() };
        let parameters = if line.parameters > 0 { format!("  {}", count(line.parameters)) } else { String::new() };
        format!("{}{times}  {}{parameters}", line.operator, line.shape).trim_end().to_string()
    }));
    quoted(&lines.join("\n"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
