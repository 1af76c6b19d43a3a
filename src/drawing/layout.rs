//! Where boxes stand and arrows run: rows from above to below.
//!
//! ```text
//!  boxes with sizes, arrows ─▶ rows (longest path) ─▶ bends of long arrows ─▶ order in rows (barycentres)
//!                           ─▶ places: as near to the mean of the neighbours as widths allow, row by row
//! ```

/// What is placed.
pub(crate) struct Sizes {
    /// Width and height of each box.
    pub boxes: Vec<(f64, f64)>,
    /// From one box to a later one.
    pub arrows: Vec<(usize, usize)>,
}

/// Where it stands.
pub(crate) struct Placed {
    /// Left and top of each box.
    pub boxes: Vec<(f64, f64)>,
    /// The points of each arrow: where it leaves, its bends, where it arrives.
    pub arrows: Vec<Vec<(f64, f64)>>,
    /// Width of all.
    pub width: f64,
    /// Height of all.
    pub height: f64,
}

/// Between boxes of a row.
const GAP: f64 = 22.0;
/// Room for a bend.
const BEND: f64 = 10.0;
/// Between rows.
const ROW: f64 = 46.0;
/// Times that rows are gone through, down and up.
const SWEEPS: usize = 24;

/// A box or a bend.
struct Item {
    row: usize,
    width: f64,
    height: f64,
    up: Vec<usize>,
    down: Vec<usize>,
    x: f64,
}

pub(crate) fn place(sizes: &Sizes) -> Placed {
    let count = sizes.boxes.len();
    let mut row = vec![0_usize; count];
    // Every arrow goes to a later box.
    for to in 0..count {
        for (from, _) in sizes.arrows.iter().filter(|(_, end)| *end == to) {
            row[to] = row[to].max(row[*from] + 1);
        }
    }
    // What nothing precedes stands right above what first reads it.
    for at in 0..count {
        if !sizes.arrows.iter().any(|(_, to)| *to == at) {
            let first = sizes.arrows.iter().filter(|(from, _)| *from == at).map(|(_, to)| row[*to]).min();
            row[at] = first.map_or(0, |first| first.saturating_sub(1));
        }
    }
    let item =
        |row: usize, (width, height): (f64, f64)| Item { row, width, height, up: Vec::new(), down: Vec::new(), x: 0.0 };
    let mut items: Vec<Item> = (0..count).map(|at| item(row[at], sizes.boxes[at])).collect();
    let mut bends: Vec<Vec<usize>> = Vec::with_capacity(sizes.arrows.len());
    for (from, to) in &sizes.arrows {
        let mut before = *from;
        let mut own = Vec::new();
        for between in row[*from] + 1..row[*to] {
            items.push(item(between, (BEND, 0.0)));
            let at = items.len() - 1;
            items[before].down.push(at);
            items[at].up.push(before);
            own.push(at);
            before = at;
        }
        items[before].down.push(*to);
        items[*to].up.push(before);
        bends.push(own);
    }
    let rows = items.iter().map(|i| i.row).max().map_or(0, |last| last + 1);
    let mut order: Vec<Vec<usize>> = vec![Vec::new(); rows];
    for (at, item) in items.iter().enumerate() {
        order[item.row].push(at);
    }
    ordered(&items, &mut order);
    placed(&mut items, &order);
    // Heights of rows, and where each begins.
    let mut tops = Vec::with_capacity(rows);
    let mut y = 0.0;
    for row in &order {
        tops.push(y);
        let most = row.len();
        // Many arrows between two rows need room to turn.
        let height = row.iter().map(|at| items[*at].height).fold(0.0, f64::max);
        y += height + ROW + (most as f64).min(12.0) * 1.5;
    }
    let left = items.iter().map(|i| i.x - i.width / 2.0).fold(f64::INFINITY, f64::min);
    let right = items.iter().map(|i| i.x + i.width / 2.0).fold(f64::NEG_INFINITY, f64::max);
    let left = if left.is_finite() { left } else { 0.0 };
    let height_of = |row: usize| order[row].iter().map(|at| items[*at].height).fold(0.0, f64::max);
    let boxes: Vec<(f64, f64)> =
        (0..count).map(|at| (items[at].x - items[at].width / 2.0 - left, tops[items[at].row])).collect();
    let ports = Ports::of(sizes, &items, &bends);
    let arrows = sizes
        .arrows
        .iter()
        .enumerate()
        .map(|(number, (from, to))| {
            let start = boxes[*from].1 + items[*from].height;
            let leaves = ports.leaves[number] - left;
            let mut points = vec![(leaves, start)];
            // Past the taller boxes of its row first.
            let bottom = tops[items[*from].row] + height_of(items[*from].row);
            if bottom > start {
                points.push((leaves, bottom));
            }
            for bend in &bends[number] {
                let (x, top) = (items[*bend].x - left, tops[items[*bend].row]);
                points.push((x, top));
                points.push((x, top + height_of(items[*bend].row)));
            }
            points.push((ports.arrives[number] - left, boxes[*to].1));
            points
        })
        .collect();
    let height = boxes.iter().zip(&sizes.boxes).map(|((_, y), (_, h))| y + h).fold(0.0, f64::max);
    Placed { boxes, arrows, width: (right - left).max(0.0), height }
}

/// Orders rows so that few arrows cross: each by the mean place of its neighbours, down and up in turn; the best order stays.
fn ordered(items: &[Item], order: &mut Vec<Vec<usize>>) {
    let mut best = (crossings(items, order), order.clone());
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        let rows: Vec<usize> =
            if down { (1..order.len()).collect() } else { (0..order.len().saturating_sub(1)).rev().collect() };
        for row in rows {
            let beside = if down { row - 1 } else { row + 1 };
            let mut place = vec![0.0; items.len()];
            for (at, item) in order[beside].iter().enumerate() {
                place[*item] = at as f64;
            }
            let mean = |item: usize, own: usize| {
                let neighbours = if down { &items[item].up } else { &items[item].down };
                match neighbours.len() {
                    0 => own as f64,
                    n => neighbours.iter().map(|i| place[*i]).sum::<f64>() / n as f64,
                }
            };
            let mut keyed: Vec<(f64, usize)> =
                order[row].iter().enumerate().map(|(own, item)| (mean(*item, own), *item)).collect();
            // Equal means stay as they are: the sort is stable.
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            order[row] = keyed.into_iter().map(|(_, item)| item).collect();
        }
        let now = crossings(items, order);
        if now < best.0 {
            best = (now, order.clone());
        }
    }
    *order = best.1;
}

fn crossings(items: &[Item], order: &[Vec<usize>]) -> usize {
    let mut all = 0;
    for pair in order.windows(2) {
        let mut place = vec![0_usize; items.len()];
        for (at, item) in pair[1].iter().enumerate() {
            place[*item] = at;
        }
        let ends: Vec<Vec<usize>> =
            pair[0].iter().map(|i| items[*i].down.iter().map(|d| place[*d]).collect()).collect();
        for (at, left) in ends.iter().enumerate() {
            for right in &ends[at + 1..] {
                all += left.iter().map(|l| right.iter().filter(|r| *r < l).count()).sum::<usize>();
            }
        }
    }
    all
}

/// Places rows: every item where the mean of its neighbours is, as far as those beside it leave room.
fn placed(items: &mut [Item], order: &[Vec<usize>]) {
    for row in order {
        let wanted: Vec<f64> = vec![0.0; row.len()];
        settle(items, row, &wanted);
    }
    for sweep in 0..SWEEPS {
        let rows: Vec<usize> =
            if sweep % 2 == 0 { (0..order.len()).collect() } else { (0..order.len()).rev().collect() };
        for row in rows {
            let wanted: Vec<f64> = order[row]
                .iter()
                .map(|at| {
                    let item = &items[*at];
                    let (mut sum, mut weight) = (0.0, 0.0);
                    for neighbour in item.up.iter().chain(&item.down) {
                        // Bends pull at each other, so that long arrows are straight.
                        let pull = if items[*neighbour].height == 0.0 && item.height == 0.0 { 4.0 } else { 1.0 };
                        sum += pull * items[*neighbour].x;
                        weight += pull;
                    }
                    if weight > 0.0 { sum / weight } else { item.x }
                })
                .collect();
            settle(items, &order[row], &wanted);
        }
    }
}

/// The places nearest to those wanted, in least squares, at which the items of a row keep their order and distances: an
/// isotonic regression, by pooling of neighbours that would overlap.
fn settle(items: &mut [Item], row: &[usize], wanted: &[f64]) {
    let mut offset = vec![0.0; row.len()];
    for at in 1..row.len() {
        let (a, b) = (&items[row[at - 1]], &items[row[at]]);
        let gap = if a.height == 0.0 || b.height == 0.0 { BEND } else { GAP };
        offset[at] = offset[at - 1] + (a.width + b.width) / 2.0 + gap;
    }
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for at in 0..row.len() {
        pools.push((wanted[at] - offset[at], 1));
        while let [.., a, b] = pools.as_slice()
            && a.0 > b.0
        {
            let merged = ((a.0 * a.1 as f64 + b.0 * b.1 as f64) / (a.1 + b.1) as f64, a.1 + b.1);
            pools.truncate(pools.len() - 2);
            pools.push(merged);
        }
    }
    let mut at = 0;
    for (value, count) in pools {
        for _ in 0..count {
            items[row[at]].x = value + offset[at];
            at += 1;
        }
    }
}

/// Where arrows leave and arrive at their boxes: side by side, in the order of where they go.
struct Ports {
    leaves: Vec<f64>,
    arrives: Vec<f64>,
}

impl Ports {
    fn of(sizes: &Sizes, items: &[Item], bends: &[Vec<usize>]) -> Self {
        let mut leaves = vec![0.0; sizes.arrows.len()];
        let mut arrives = vec![0.0; sizes.arrows.len()];
        for at in 0..sizes.boxes.len() {
            let next = |number: usize| bends[number].first().copied().unwrap_or(sizes.arrows[number].1);
            let last = |number: usize| bends[number].last().copied().unwrap_or(sizes.arrows[number].0);
            let out: Vec<usize> = (0..sizes.arrows.len()).filter(|n| sizes.arrows[*n].0 == at).collect();
            let into: Vec<usize> = (0..sizes.arrows.len()).filter(|n| sizes.arrows[*n].1 == at).collect();
            spread(&items[at], out, |n| items[next(n)].x, &mut leaves);
            spread(&items[at], into, |n| items[last(n)].x, &mut arrives);
        }
        Self { leaves, arrives }
    }
}

fn spread(item: &Item, mut arrows: Vec<usize>, towards: impl Fn(usize) -> f64, places: &mut [f64]) {
    arrows.sort_by(|a, b| towards(*a).total_cmp(&towards(*b)).then(a.cmp(b)));
    let room = item.width * 0.7;
    for (at, arrow) in arrows.iter().enumerate() {
        let share = (at as f64 + 1.0) / (arrows.len() as f64 + 1.0) - 0.5;
        places[*arrow] = item.x + share * room;
    }
}
