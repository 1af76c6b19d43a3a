//! What is drawn of a model: its graph, folded to boxes.
//!
//! In comes the graph, one node an operation; out go boxes. Nodes of one block at the asked depth are one box, as long as no
//! arrow would then run in a circle; layers that follow one another without a branch are one box, too.

use fascicle_lang::graph::{Graph, NodeId, Op, TensorType, show_shape};
use fascicle_lang::ops;
use fascicle_lang::program::{InputRole, Program};
use std::collections::{BTreeMap, BTreeSet};

/// What a box is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A modality or a condition.
    Input,
    /// A block, with all that is in it.
    Block,
    /// Layers and functions of the body of a model, one behind the other.
    Layers,
    /// What the model gives.
    Output,
}

/// A line in a box: a layer with the shape that it gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The operator.
    pub operator: String,
    /// The shape of its result.
    pub shape: String,
    /// Learnable numbers; 0 where another line has counted them.
    pub parameters: u64,
    /// How many times it stands there in a row.
    pub times: usize,
}

/// A box.
#[derive(Debug, Clone, PartialEq)]
pub struct Vertex {
    /// What it is.
    pub kind: Kind,
    /// Its name: that of the block with the member that it is of.
    pub title: String,
    /// Where it stands in the model: the path of its weights.
    pub path: String,
    /// What is in it.
    pub lines: Vec<Line>,
    /// Learnable numbers of all its modules.
    pub parameters: u64,
    /// The number of the colour that boxes with the same weights have; none where no other box has them.
    pub shared: Option<usize>,
    /// Whether some people lack it.
    pub absent: bool,
}

/// A value that goes from a box to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// The box that makes it.
    pub from: usize,
    /// The box that reads it.
    pub to: usize,
    /// Its shape.
    pub shape: String,
    /// Whether some people lack it.
    pub absent: bool,
}

/// A model, to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagram {
    /// The model's name.
    pub model: String,
    /// Learnable numbers of the model.
    pub parameters: u64,
    /// Its boxes; every arrow goes to a later one.
    pub vertices: Vec<Vertex>,
    /// Its values.
    pub arrows: Vec<Arrow>,
}

/// An operation, or the same operation for each member of a family.
struct Piece {
    /// Where it stands, without members where it is one for all of them.
    path: String,
    /// What it is called; nothing for what is no line.
    name: Option<String>,
    /// Inputs of the program that it reads from the data.
    inputs: Vec<usize>,
    modules: BTreeSet<usize>,
    shape: String,
    absent: bool,
    /// The pieces that it reads, all before it.
    reads: BTreeSet<usize>,
    /// How many operations it stands for.
    members: usize,
}

/// Pieces that are one box.
struct Group {
    /// Path of the block, empty where it is none.
    path: String,
    is_block: bool,
    pieces: Vec<usize>,
}

/// Boxes of a drawing in which every member of a family has its own; where there are more, the members that do alike are one.
const MOST_BOXES: usize = 40;

/// Folds a model of a program: blocks so many levels below it are boxes, what is deeper are lines in them. Where that makes
/// many boxes, members of a family that do alike are one. `None` where the program has no such model.
pub fn diagram(program: &Program, model: usize, depth: usize) -> Option<Diagram> {
    let each = drawn(program, model, depth, false)?;
    if each.vertices.len() <= MOST_BOXES { Some(each) } else { drawn(program, model, depth, true) }
}

fn drawn(program: &Program, model: usize, depth: usize, alike: bool) -> Option<Diagram> {
    let described = program.models.get(model)?;
    let graph = &program.graph;
    let roots: Vec<NodeId> = described.outputs.iter().flat_map(|o| o.members.iter().map(|(_, node)| *node)).collect();
    let live = graph.live(roots.iter().copied());
    let (pieces, of_node) = pieces(program, &live, alike);
    let ends: BTreeSet<usize> = roots.iter().filter_map(|root| of_node.get(&root.index()).copied()).collect();
    let groups = chains(&pieces, grouped(&pieces, &described.name, depth), &ends);
    let mut of_piece: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        of_piece.extend(group.pieces.iter().map(|piece| (*piece, at)));
    }
    let colours = shared(&pieces, &groups);
    let mut counted = BTreeSet::new();
    let mut vertices: Vec<Vertex> = groups
        .iter()
        .zip(&colours)
        .map(|(group, shared)| vertex(program, &pieces, group, *shared, &mut counted))
        .collect();
    let mut arrows: BTreeSet<Arrow> = BTreeSet::new();
    for (to, group) in groups.iter().enumerate() {
        for piece in &group.pieces {
            for read in &pieces[*piece].reads {
                let Some(from) = of_piece.get(read).copied().filter(|from| *from != to) else { continue };
                arrows.insert(arrow(from, to, &pieces[*read]));
            }
        }
    }
    let mut outputs: BTreeMap<(usize, String), Vec<String>> = BTreeMap::new();
    let mut order = Vec::new();
    for output in &described.outputs {
        for (key, node) in &output.members {
            let Some(piece) = of_node.get(&node.index()).copied() else { continue };
            let name = if key.is_empty() || alike { output.name.clone() } else { format!("{}[{key}]", output.name) };
            if !outputs.contains_key(&(piece, name.clone())) {
                order.push((piece, name.clone(), output.name == described.name));
            }
            outputs.entry((piece, name)).or_default().push(key.clone());
        }
    }
    for (piece, name, is_result) in order {
        let Some(from) = of_piece.get(&piece).copied() else { continue };
        let members = outputs.get(&(piece, name.clone())).map_or(1, Vec::len);
        let target = described.target.filter(|_| is_result).and_then(|t| program.inputs.get(t.index()));
        let mut title = target.map_or(name.clone(), |target| format!("{name} → {}", target.name));
        if members > 1 {
            title.push_str(&format!(" ×{members}"));
        }
        arrows.insert(arrow(from, vertices.len(), &pieces[piece]));
        vertices.push(Vertex {
            kind: Kind::Output,
            title,
            path: name,
            lines: Vec::new(),
            parameters: 0,
            shared: None,
            absent: pieces[piece].absent,
        });
    }
    let modules = graph.live_modules(&live);
    let parameters = modules.into_iter().map(|module| graph.module(module).parameters()).sum();
    Some(Diagram { model: described.name.clone(), parameters, vertices, arrows: arrows.into_iter().collect() })
}

/// The live operations, and which of them each node is. Where members that do `alike` are one, operations are the same that
/// have one name and one shape, stand at one place of the file, and read operations that are the same.
fn pieces(program: &Program, live: &[bool], alike: bool) -> (Vec<Piece>, BTreeMap<usize, usize>) {
    let graph = &program.graph;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut of_node: BTreeMap<usize, usize> = BTreeMap::new();
    let mut known: BTreeMap<(String, String, String, bool, BTreeSet<usize>), usize> = BTreeMap::new();
    for (index, node) in graph.nodes.iter().enumerate().filter(|(index, _)| live[*index]) {
        let reads: BTreeSet<usize> = node.inputs.iter().filter_map(|i| of_node.get(&i.index()).copied()).collect();
        let absent = node.ty.may_be_absent();
        match (&node.op, reads.first()) {
            (Op::Fill(_), _) => continue,
            // Some rows of a value are the value.
            (Op::Restrict, Some(value)) => {
                of_node.insert(index, *value);
                continue;
            }
            _ => {}
        }
        let path = if alike { without_members(&node.path) } else { node.path.clone() };
        let name = name(graph, index);
        let input = if let Op::Input(input) = node.op { Some(input.index()) } else { None };
        let role = input.and_then(|input| program.inputs.get(input)).map_or("", |spec| role(spec.role));
        let shape = shape(&node.ty);
        let key = (format!("{path} {role}"), name.clone().unwrap_or_default(), shape.clone(), absent, reads.clone());
        let same = if alike { known.get(&key).copied() } else { None };
        let at = same.unwrap_or(pieces.len());
        if same.is_none() {
            known.insert(key, at);
            let (inputs, modules) = (Vec::new(), BTreeSet::new());
            pieces.push(Piece { path, name, inputs, modules, shape, absent, reads, members: 0 });
        }
        let piece = &mut pieces[at];
        piece.members += 1;
        piece.inputs.extend(input);
        piece.modules.extend(node.module.map(|module| module.index()));
        of_node.insert(index, at);
    }
    (pieces, of_node)
}

/// `m.Encoder[t1, 2].Linear` as `m.Encoder.Linear`.
fn without_members(path: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

fn role(role: InputRole) -> &'static str {
    match role {
        InputRole::Modality => "modality",
        InputRole::Condition => "condition",
        InputRole::Target => "target",
    }
}

fn arrow(from: usize, to: usize, value: &Piece) -> Arrow {
    Arrow { from, to, shape: value.shape.clone(), absent: value.absent }
}

/// A shape without the mark of absence, which is drawn.
fn shape(ty: &TensorType) -> String {
    use fascicle_lang::graph::Kind as K;
    match &ty.kind {
        K::Tensor if ty.shape.is_empty() => "number".into(),
        K::Tensor => show_shape(&ty.shape),
        K::Normal => format!("normal{}", show_shape(&ty.shape)),
        K::Class(levels) => format!("class of {}", levels.len()),
        K::Mask(levels) => format!("mask{} of {}", show_shape(&ty.shape), levels.len()),
    }
}

/// The path of a piece's block at a depth below the model; nothing where it stands in the model's own body.
fn folded(piece: &Piece, model: &str, depth: usize) -> Option<String> {
    let parts: Vec<&str> = piece.path.split('.').collect();
    // The last part of a layer's path is the layer itself.
    let own = parts.len() - usize::from(!piece.modules.is_empty());
    if parts.first().map(|first| without_members(first)) != Some(model.to_string()) {
        return parts.first().map(|other| (*other).to_string()).filter(|other| !other.is_empty());
    }
    (own > 1).then(|| parts[..own.min(depth.max(1) + 1)].join("."))
}

/// Pieces in boxes: a piece joins the box of its block from which it reads, unless something else that it reads comes from
/// there by way of other boxes. What depends on nobody's data, such as a learned array, joins what first reads it.
fn grouped(pieces: &[Piece], model: &str, depth: usize) -> Vec<Group> {
    let mut constant: Vec<bool> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let reads_constants = piece.reads.iter().all(|read| constant[*read]);
        constant.push(piece.inputs.is_empty() && reads_constants);
    }
    let mut boxes =
        Boxes { pieces, model, depth, groups: Vec::new(), reads: Vec::new(), of_piece: vec![None; pieces.len()] };
    for index in (0..pieces.len()).filter(|index| !constant[*index]) {
        boxes.place(index);
    }
    // What nothing but constants reads: the outputs of a model without data.
    for index in 0..pieces.len() {
        boxes.place(index);
    }
    boxes.groups
}

/// Boxes as they are filled.
struct Boxes<'a> {
    pieces: &'a [Piece],
    model: &'a str,
    depth: usize,
    groups: Vec<Group>,
    /// Which boxes a box reads, directly.
    reads: Vec<BTreeSet<usize>>,
    of_piece: Vec<Option<usize>>,
}

impl Boxes<'_> {
    fn block(&self, index: usize) -> Option<String> {
        let piece = &self.pieces[index];
        if piece.inputs.is_empty() { folded(piece, self.model, self.depth) } else { None }
    }

    fn place(&mut self, index: usize) {
        if self.of_piece[index].is_some() {
            return;
        }
        let block = self.block(index);
        // What it reads and nobody has placed yet is constant: of the same block it comes along, else it is a box before it.
        let mut along = Vec::new();
        for read in self.pieces[index].reads.iter().copied().collect::<Vec<_>>() {
            self.before(read, &block, &mut along);
        }
        let members: Vec<usize> = along.into_iter().chain([index]).collect();
        let reads = members.iter().flat_map(|member| &self.pieces[*member].reads);
        let from: BTreeSet<usize> = reads.filter_map(|read| self.of_piece[*read]).collect();
        let own = block.as_ref().and_then(|block| {
            let fits = |at: &&usize| self.groups[**at].is_block && self.groups[**at].path == *block;
            let own = *from.iter().find(fits)?;
            let circular = from.iter().any(|other| *other != own && reaches(&self.reads, *other, own));
            (!circular).then_some(own)
        });
        let at = own.unwrap_or_else(|| {
            self.groups.push(Group { is_block: block.is_some(), path: block.unwrap_or_default(), pieces: Vec::new() });
            self.reads.push(BTreeSet::new());
            self.groups.len() - 1
        });
        for member in members {
            self.groups[at].pieces.push(member);
            self.of_piece[member] = Some(at);
        }
        self.reads[at].extend(from.into_iter().filter(|other| *other != at));
    }

    /// A piece that must be placed before another of a block: with it, where it stands in the same one.
    fn before(&mut self, index: usize, block: &Option<String>, along: &mut Vec<usize>) {
        if self.of_piece[index].is_some() || along.contains(&index) {
            return;
        }
        if block.is_some() && self.block(index) == *block {
            for read in self.pieces[index].reads.iter().copied().collect::<Vec<_>>() {
                self.before(read, block, along);
            }
            along.push(index);
        } else {
            self.place(index);
        }
    }
}

/// Whether a box reads another, directly or by way of others.
fn reaches(reads: &[BTreeSet<usize>], from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(at) = waiting.pop() {
        if at == to {
            return true;
        }
        waiting.extend(reads[at].iter().filter(|next| seen.insert(**next)));
    }
    false
}

/// Chains of single layers as one box each, and the boxes in an order in which every arrow goes forward.
fn chains(pieces: &[Piece], groups: Vec<Group>, ends: &BTreeSet<usize>) -> Vec<Group> {
    let mut of_piece = vec![0; pieces.len()];
    for (at, group) in groups.iter().enumerate() {
        group.pieces.iter().for_each(|piece| of_piece[*piece] = at);
    }
    let mut reads: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); groups.len()];
    let mut readers: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); groups.len()];
    for (at, group) in groups.iter().enumerate() {
        for from in group.pieces.iter().flat_map(|piece| &pieces[*piece].reads).map(|read| of_piece[*read]) {
            if from != at {
                reads[at].insert(from);
                readers[from].insert(at);
            }
        }
    }
    let is_layer =
        |at: usize| !groups[at].is_block && groups[at].pieces.iter().all(|piece| pieces[*piece].inputs.is_empty());
    let is_output = |at: usize| groups[at].pieces.iter().any(|piece| ends.contains(piece));
    // A layer goes on with the one that it alone reads and that nothing else reads.
    let before = |at: usize| -> Option<usize> {
        let one = if reads[at].len() == 1 { reads[at].first().copied()? } else { return None };
        (is_layer(at) && is_layer(one) && readers[one].len() == 1 && !is_output(one)).then_some(one)
    };
    let mut head: Vec<usize> = (0..groups.len()).collect();
    let mut order = order(&reads);
    for at in &order {
        if let Some(one) = before(*at) {
            head[*at] = head[one];
        }
    }
    let mut merged: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
    for at in &order {
        merged[head[*at]].extend(groups[*at].pieces.iter().copied());
    }
    // A chain reads on its way nothing but itself, so that it stands where its first layer does.
    order.retain(|at| head[*at] == *at);
    let mut groups: Vec<Option<Group>> = groups.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(|at| groups[at].take().map(|group| Group { pieces: std::mem::take(&mut merged[at]), ..group }))
        .collect()
}

/// The boxes such that each stands behind those it reads, else as they were.
fn order(reads: &[BTreeSet<usize>]) -> Vec<usize> {
    let mut waits: Vec<usize> = reads.iter().map(BTreeSet::len).collect();
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); reads.len()];
    for (at, from) in reads.iter().enumerate() {
        from.iter().for_each(|from| readers[*from].push(at));
    }
    let mut ready: BTreeSet<usize> = (0..reads.len()).filter(|at| waits[*at] == 0).collect();
    let mut order = Vec::with_capacity(reads.len());
    while let Some(next) = ready.pop_first() {
        order.push(next);
        for reader in &readers[next] {
            waits[*reader] -= 1;
            if waits[*reader] == 0 {
                ready.insert(*reader);
            }
        }
    }
    order
}

/// The colours of boxes whose weights another box has, too.
fn shared(pieces: &[Piece], groups: &[Group]) -> Vec<Option<usize>> {
    let mut holders: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        for module in group.pieces.iter().flat_map(|piece| &pieces[*piece].modules) {
            holders.entry(*module).or_default().insert(at);
        }
    }
    let mut colours: Vec<Option<usize>> = vec![None; groups.len()];
    let mut next = 0;
    for together in holders.values().filter(|together| together.len() > 1) {
        let known = together.iter().find_map(|at| colours[*at]);
        let colour = known.unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        together.iter().for_each(|at| colours[*at] = Some(colour));
    }
    colours
}

fn vertex(
    program: &Program,
    pieces: &[Piece],
    group: &Group,
    shared: Option<usize>,
    counted: &mut BTreeSet<usize>,
) -> Vertex {
    let graph = &program.graph;
    let own: Vec<&Piece> = group.pieces.iter().map(|piece| &pieces[*piece]).collect();
    let absent = own.last().is_some_and(|piece| piece.absent);
    let names: Vec<&str> = own
        .iter()
        .flat_map(|piece| &piece.inputs)
        .filter_map(|input| program.inputs.get(*input))
        .map(|spec| spec.name.as_str())
        .collect();
    if let Some(first) = own.first().and_then(|piece| piece.inputs.first()).and_then(|at| program.inputs.get(*at)) {
        let line = Line { operator: role(first.role).into(), shape: String::new(), parameters: 0, times: 1 };
        let (kind, title) = (Kind::Input, names.join(", "));
        return Vertex { kind, path: title.clone(), title, lines: vec![line], parameters: 0, shared: None, absent };
    }
    let mut lines: Vec<Line> = Vec::new();
    let mut parameters = 0;
    let mut seen = BTreeSet::new();
    for piece in &own {
        let count = |module: &usize| graph.modules.get(*module).map_or(0, |module| module.parameters());
        parameters += piece.modules.iter().filter(|module| seen.insert(**module)).map(count).sum::<u64>();
        let of_line = piece.modules.iter().filter(|module| counted.insert(**module)).map(count).sum::<u64>();
        let Some(operator) = piece.name.clone() else { continue };
        let line = Line { operator, shape: piece.shape.clone(), parameters: of_line, times: 1 };
        match lines.last_mut() {
            Some(before)
                if before.operator == line.operator
                    && before.shape == line.shape
                    && before.parameters == line.parameters =>
            {
                before.times += 1;
            }
            _ => lines.push(line),
        }
    }
    let first = own.first();
    let path = if group.is_block { group.path.clone() } else { first.map_or(String::new(), |p| p.path.clone()) };
    let mut title = match group.is_block {
        true => group.path.split_once('.').map_or(group.path.as_str(), |(_, below)| below).replace('.', " › "),
        false => String::new(),
    };
    let members = own.iter().map(|piece| piece.members).min().unwrap_or(1);
    if members > 1 {
        let of = if title.is_empty() { "of" } else { "" };
        title = format!("{title} {of}×{members}").trim().replace("of×", "×");
    }
    let kind = if group.is_block { Kind::Block } else { Kind::Layers };
    Vertex { kind, title, path, lines, parameters, shared, absent }
}

/// What a node is called; `None` for what only passes rows on.
fn name(graph: &Graph, index: usize) -> Option<String> {
    use fascicle_lang::graph::{Binary, Coalesce, Mixture, PoolKind, Reduction};
    let node = &graph.nodes[index];
    if let Some(module) = node.module {
        return Some(graph.module(module).operator.clone());
    }
    let words = |text: String| {
        // `Relu`, `LeakyRelu { slope: 0.2 }`: the word before the braces, as the language spells it.
        let word = text.split([' ', '(', '{']).next().unwrap_or("").to_string();
        let snake: String = word
            .char_indices()
            .flat_map(|(at, c)| {
                let mark = (c.is_ascii_uppercase() && at > 0).then_some('_');
                mark.into_iter().chain([c.to_ascii_lowercase()])
            })
            .collect();
        if ops::find(&snake).is_some() { snake } else { snake.replace('_', " ") }
    };
    let sign = |op: &Binary| match words(format!("{op:?}")).as_str() {
        "add" => "+".to_string(),
        "subtract" | "sub" => "−".to_string(),
        "multiply" | "mul" => "×".to_string(),
        "divide" | "div" => "÷".to_string(),
        other => other.to_string(),
    };
    Some(match &node.op {
        Op::Restrict | Op::Fill(_) => return None,
        Op::Input(_) => "input".into(),
        Op::Unary(unary) => words(format!("{unary:?}")),
        Op::Binary(op) => sign(op),
        Op::Scalar { op, value, .. } => format!("{} {value}", sign(op)),
        Op::Pool(pool) => match pool.kind {
            PoolKind::Max => {
                format!("max_pool {}", pool.kernel.iter().map(ToString::to_string).collect::<Vec<_>>().join("×"))
            }
            PoolKind::Average => {
                format!("avg_pool {}", pool.kernel.iter().map(ToString::to_string).collect::<Vec<_>>().join("×"))
            }
        },
        Op::AdaptivePool { kind: PoolKind::Max, .. } => "adaptive_max_pool".into(),
        Op::AdaptivePool { kind: PoolKind::Average, .. } => "adaptive_avg_pool".into(),
        Op::Reduce { reduction, .. } => words(format!("reduce {reduction:?}")).replace("reduce", "mean over axes"),
        Op::Present(Reduction::Mean) => "mean of members".into(),
        Op::Present(_) => "pool over members".into(),
        Op::Coalesce(Coalesce::Zeros) => "?? zeros".into(),
        Op::Coalesce(Coalesce::TrainingMean) => "?? mean".into(),
        Op::Coalesce(Coalesce::Other) => "?? other".into(),
        Op::Mixture { kind: Mixture::Product, .. } => "poe".into(),
        Op::Mixture { kind: Mixture::Mixture, .. } => "moe".into(),
        Op::Mixture { kind: Mixture::MixtureOfProducts, .. } => "mopoe".into(),
        Op::NormalMean => ".mean".into(),
        Op::NormalLogVar => ".log_var".into(),
        Op::MatMul => "matmul".into(),
        other => words(format!("{other:?}")),
    })
}
