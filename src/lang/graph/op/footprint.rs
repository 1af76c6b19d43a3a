//! What memory an operation takes: of what its result is made, what its backward pass keeps, and the room both take while they work.
//!
//! This is the lowering (`nn/lower`) and the tensors' derivatives seen from the side of memory: where they change what they keep,
//! it changes here. [`Memory`](super::super::Memory) walks a graph with it; `tests/memory.rs` holds it against an allocator that counts.

use super::{Binary, ConvOp, LossOp, Op, PoolKind, PoolOp, Reduction, Unary, UpsampleMode};
use serde::{Deserialize, Serialize};

/// Bytes of a number.
pub const F32: u64 = 4;

/// What computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Processor {
    /// The CPU, whose convolutions lay out what they read with its padding.
    Cpu,
    /// A card, on which kernels of subjects' own keep windows as columns.
    Card,
}

/// What a result is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// An array of its own.
    Fresh,
    /// The array of the first input, seen otherwise.
    Shown,
    /// An input's array where nobody else holds it, else one of its own.
    InPlace,
}

/// Which inputs the backward pass keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// None.
    Nothing,
    /// The first.
    First,
    /// The first, where its own gradient is wanted.
    FirstForItself,
    /// Each for the gradient of the others.
    ForOthers,
    /// All.
    All,
}

/// How inputs come by their gradients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// Arrays of their own.
    Fresh,
    /// The result's gradient goes on, perhaps seen otherwise.
    Passed,
    /// The array of the kept result, where nobody else holds it; else one of their own.
    OverResult,
    /// The array of the result's gradient, where nobody else holds it; else one of their own.
    InPlace,
    /// No array to speak of: one number, repeated.
    Repeated,
    /// They have none.
    Nothing,
}

/// What memory an operation takes. Numbers are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// What the result is made of.
    pub made: Made,
    /// Which inputs are kept.
    pub inputs: Kept,
    /// Whether the result is kept.
    pub output: bool,
    /// What is kept beside both.
    pub own: u64,
    /// Room beside what is read and made.
    pub forward: u64,
    /// Room for the gradients of weights, after which what is kept is freed; and room for those of inputs.
    pub backward: [u64; 2],
    /// Where the gradients of inputs are.
    pub back: Back,
}

/// What a node is, as far as memory goes.
#[derive(Debug, Clone, Copy)]
pub struct Sizes<'n> {
    /// Subjects.
    pub rows: u64,
    /// Bytes of the result.
    pub made: u64,
    /// Bytes of each input.
    pub read: &'n [u64],
    /// Shape of the first input.
    pub from: &'n [usize],
    /// Shape of the result.
    pub to: &'n [usize],
    /// Whether computed kernels are each subject's own.
    pub own_kernels: bool,
    /// Multiply-adds for one subject.
    pub multiply_adds: u64,
    /// What computes.
    pub on: Processor,
}

impl Footprint {
    const PLAIN: Self = Self {
        made: Made::Fresh,
        inputs: Kept::Nothing,
        output: false,
        own: 0,
        forward: 0,
        backward: [0; 2],
        back: Back::Fresh,
    };
    const SHOWN: Self = Self { made: Made::Shown, back: Back::Passed, ..Self::PLAIN };
    const IN_PLACE: Self = Self { made: Made::InPlace, back: Back::InPlace, ..Self::PLAIN };
    const SOURCE: Self = Self { back: Back::Nothing, ..Self::PLAIN };

    fn keeping(inputs: Kept) -> Self {
        Self { inputs, ..Self::PLAIN }
    }
}

impl Op {
    /// What memory it takes, as the lowering computes it.
    pub fn footprint(&self, n: &Sizes<'_>) -> Footprint {
        let plain = Footprint::PLAIN;
        let read = n.read.first().copied().unwrap_or(0);
        let larger = n.made.max(read);
        match self {
            Self::Input(_) | Self::Baseline | Self::Learned { .. } => Footprint::SOURCE,
            Self::Fill(_) | Self::Embedding { .. } => Footprint::SOURCE,
            Self::Conv(conv) => {
                let laid = Laid::of(conv, n);
                let (forward, of_x) =
                    if conv.transposed.is_some() { (laid.made, laid.read) } else { (laid.read, laid.made) };
                let backward = [laid.read + laid.domain, of_x];
                Footprint { forward, backward, ..Footprint::keeping(Kept::First) }
            }
            Self::Convolve(conv) => {
                let laid = Laid::of(conv, n);
                // The windows of the input as columns, a number for each multiply-add of one filter.
                let columns = n.rows * F32 * n.multiply_adds / conv.outputs.max(1) as u64;
                let own = if n.on == Processor::Card && n.own_kernels { columns } else { 0 };
                let backward = [laid.read + laid.domain, laid.made];
                Footprint { own, forward: laid.read, backward, ..Footprint::keeping(Kept::All) }
            }
            Self::Linear { .. } => Footprint::keeping(Kept::First),
            Self::HyperLinear { embedding, .. } => {
                let own = n.made * (*embedding as u64 + 1);
                Footprint { own, backward: [0, own], ..Footprint::keeping(Kept::All) }
            }
            Self::MatMul => Footprint::keeping(Kept::ForOthers),
            Self::BatchNorm { .. } | Self::InstanceNorm { .. } => Footprint::keeping(Kept::First),
            // Scaled channel by channel behind the groups, which keeps what is scaled.
            Self::GroupNorm { affine, .. } => {
                let own = if *affine { n.made } else { 0 };
                Footprint { own, backward: [own, 0], ..Footprint::keeping(Kept::First) }
            }
            // The centred numbers, their quotient, and what is scaled.
            Self::LayerNorm { affine, .. } => {
                let own = n.made * if *affine { 3 } else { 2 };
                Footprint { own, forward: n.made, backward: [0, 2 * n.made], ..plain }
            }
            Self::PRelu { .. } => {
                Footprint { own: 2 * n.made, backward: [0, 2 * n.made], ..Footprint::keeping(Kept::First) }
            }
            Self::Dropout { probability, channels } => {
                let spread: u64 = if *channels { n.to.iter().skip(1).map(|n| *n as u64).product() } else { 1 };
                let own = if *probability > 0.0 { n.made / spread.max(1) } else { 0 };
                Footprint { own, ..Footprint::IN_PLACE }
            }
            Self::Unary(unary) => unary.footprint(n.made),
            Self::Binary(binary) => binary.footprint(n.made),
            Self::Scalar { op, reversed, .. } => op.footprint_beside_a_number(*reversed, n.made),
            Self::Softmax { .. } => Footprint { output: true, backward: [0, n.made], ..plain },
            Self::Pool(pool) => pool.footprint(n),
            Self::AdaptivePool { kind: PoolKind::Average, size } if size.iter().all(|extent| *extent == 1) => {
                Footprint { back: Back::Repeated, ..plain }
            }
            Self::AdaptivePool { .. } => Footprint { own: 2 * n.made, backward: [0, n.made], ..plain },
            // One axis after the other: the one before the last is as large as the last has not made it yet.
            Self::Upsample { mode } => {
                let grown = match (n.from.last(), n.to.last()) {
                    (Some(from), Some(to)) if n.to.len() > 2 => n.made * *from as u64 / (*to).max(1) as u64,
                    _ => 0,
                };
                let copied = if *mode == UpsampleMode::Nearest { n.made } else { 0 };
                Footprint { forward: grown, backward: [0, grown.max(copied / 2)], ..plain }
            }
            Self::Reshape | Self::Permute { .. } | Self::NormalMean | Self::NormalLogVar | Self::Restrict => {
                Footprint::SHOWN
            }
            Self::StopGradient => Footprint { back: Back::Nothing, ..Footprint::SHOWN },
            Self::Slice { .. } | Self::RandomPlace => Footprint { made: Made::Shown, ..plain },
            Self::Concat { .. } | Self::Stack { .. } | Self::Pad { .. } | Self::Normal => {
                Footprint { back: Back::Passed, ..plain }
            }
            Self::Reduce { reduction, .. } => reduction.footprint(read, n.made),
            Self::BatchMean => Footprint { back: Back::Repeated, ..plain },
            Self::LogSumExp { .. } => Footprint { own: 2 * n.read.iter().sum::<u64>(), ..plain },
            Self::OneHot { .. } => Footprint { forward: n.made + n.made / 4, ..Footprint::SOURCE },
            // Several members, brought to the same rows and stacked.
            Self::Present(reduction) => {
                let stacked: u64 = n.read.iter().sum();
                let of_all = reduction.footprint(stacked, n.made);
                Footprint { own: of_all.own, forward: stacked + of_all.forward, ..plain }
            }
            Self::Coalesce(_) => Footprint { forward: larger, ..plain },
            Self::Sample | Self::Mixture { .. } | Self::Kl | Self::LogDensity => {
                let all: u64 = n.read.iter().sum();
                Footprint { own: 2 * all, forward: all, backward: [0, all], ..plain }
            }
            Self::Loss(loss) => loss.footprint(read),
        }
    }
}

impl Unary {
    fn footprint(&self, made: u64) -> Footprint {
        let plain = Footprint::PLAIN;
        let of_result = Footprint { made: Made::InPlace, output: true, ..plain };
        match self {
            Self::Relu => Footprint { back: Back::OverResult, ..of_result },
            // Where the result is positive: a byte and a number each.
            Self::LeakyRelu { .. } => {
                Footprint { back: Back::InPlace, backward: [0, made + made / 4], made: Made::Fresh, ..of_result }
            }
            Self::Elu { .. } => {
                Footprint { forward: made, backward: [0, made + made / 4], back: Back::InPlace, ..of_result }
            }
            Self::Sigmoid | Self::Tanh => Footprint { back: Back::InPlace, backward: [0, made], ..of_result },
            Self::Exp | Self::Sqrt => Footprint { back: Back::InPlace, ..of_result },
            Self::Log => Footprint { back: Back::InPlace, ..Footprint::keeping(Kept::First) },
            Self::Square => Footprint { back: Back::InPlace, ..Footprint::keeping(Kept::First) },
            Self::Abs => Footprint { back: Back::InPlace, backward: [0, made], ..Footprint::keeping(Kept::First) },
            Self::Clamp { .. } => {
                let kept = Footprint::keeping(Kept::First);
                Footprint { own: made, back: Back::InPlace, backward: [0, made / 4], ..kept }
            }
            Self::Gelu => Footprint { backward: [0, 3 * made], ..Footprint::keeping(Kept::First) },
            Self::Softplus => {
                Footprint { forward: made, backward: [0, made], back: Back::InPlace, ..Footprint::keeping(Kept::First) }
            }
            Self::Negate => Footprint::IN_PLACE,
            Self::IsZero => Footprint { back: Back::Nothing, forward: made, ..plain },
        }
    }
}

impl Binary {
    fn footprint(&self, made: u64) -> Footprint {
        let plain = Footprint::PLAIN;
        match self {
            Self::Add | Self::Subtract => Footprint { made: Made::InPlace, back: Back::Passed, ..plain },
            Self::Multiply => Footprint { made: Made::InPlace, ..Footprint::keeping(Kept::ForOthers) },
            Self::Divide => Footprint { output: true, ..Footprint::keeping(Kept::All) },
            Self::Power => Footprint { output: true, backward: [0, 2 * made], ..Footprint::keeping(Kept::All) },
            // The share of each, in numbers of 0, a half and 1.
            Self::Maximum | Self::Minimum => Footprint { own: 2 * made, forward: 3 * made, ..plain },
        }
    }

    /// With a number that is not learned on one side.
    fn footprint_beside_a_number(&self, reversed: bool, made: u64) -> Footprint {
        match self {
            Self::Add | Self::Subtract | Self::Multiply => Footprint::IN_PLACE,
            Self::Divide if reversed => Footprint { own: made, ..Footprint::PLAIN },
            Self::Divide => Footprint::IN_PLACE,
            Self::Power => Footprint { backward: [0, made], ..Footprint::keeping(Kept::First) },
            Self::Maximum | Self::Minimum => {
                Footprint { back: Back::InPlace, backward: [0, made / 4], ..Footprint::keeping(Kept::First) }
            }
        }
    }
}

impl Reduction {
    fn footprint(&self, read: u64, made: u64) -> Footprint {
        match self {
            Self::Sum | Self::Mean => Footprint { back: Back::Repeated, ..Footprint::PLAIN },
            // Where the largest were, a position each.
            Self::Maximum | Self::Minimum => Footprint { own: 2 * made, ..Footprint::PLAIN },
            Self::Variance => Footprint { own: read, forward: read, backward: [0, read], ..Footprint::PLAIN },
        }
    }
}

impl PoolOp {
    /// The largest on the CPU: where each is, in four bytes. Else three axes are pooled as two and one: what lies between is made
    /// too, and of a maximum the position of each largest.
    fn footprint(&self, n: &Sizes<'_>) -> Footprint {
        if self.kind == PoolKind::Max && n.on == Processor::Cpu {
            return Footprint { own: n.made, ..Footprint::PLAIN };
        }
        let between = match (n.from, n.to) {
            ([_, depth, ..], [_, made, _, _]) => n.made * *depth as u64 / (*made).max(1) as u64,
            _ => 0,
        };
        match self.kind {
            // Positions have eight bytes each. What is read is kept for its extents.
            PoolKind::Max => Footprint {
                own: 2 * n.made + 3 * between,
                backward: [0, between],
                ..Footprint::keeping(Kept::FirstForItself)
            },
            PoolKind::Average => {
                Footprint { own: between, backward: [0, between], ..Footprint::keeping(Kept::FirstForItself) }
            }
        }
    }
}

impl LossOp {
    /// Of a prediction of so many bytes.
    fn footprint(&self, read: u64) -> Footprint {
        let (own, forward, backward) = match self {
            Self::MeanSquared | Self::SumSquared => (1, 1, 0),
            Self::MeanAbsolute | Self::SumAbsolute => (1, 1, 1),
            Self::GaussianNll => (2, 1, 1),
            Self::Huber { .. } => (4, 1, 2),
            Self::BinaryCrossEntropy { logits } => {
                if *logits {
                    (1, 2, 1)
                } else {
                    (1, 5, 1)
                }
            }
            Self::CrossEntropy { .. } | Self::Dice { .. } => (2, 2, 1),
            Self::CoxPartialLikelihood
            | Self::InfoNce(_)
            | Self::FenchelDual { .. }
            | Self::SupervisedContrastive { .. }
            | Self::CanonicalCorrelation { .. }
            | Self::Margin { .. } => (2, 2, 2),
        };
        let parts = Footprint { own: own * read, forward: forward * read, ..Footprint::PLAIN };
        Footprint { backward: [0, backward * read], ..parts }
    }
}

/// What the kernels of the CPU lay out of a convolution.
struct Laid {
    /// The image that the convolution reads, with its padding, in parts of places that lie alike within a stride.
    read: u64,
    /// The gradient of what it makes, beside that.
    domain: u64,
    /// The same as the gradient of the image reads it.
    made: u64,
}

impl Laid {
    fn of(conv: &ConvOp, n: &Sizes<'_>) -> Self {
        if n.on == Processor::Card {
            return Self { read: 0, domain: 0, made: 0 };
        }
        // The transpose makes what the convolution reads.
        let (source, sink) = if conv.transposed.is_some() { (n.to, n.from) } else { (n.from, n.to) };
        let [mut parts, mut domain, mut made] = [1u64; 3];
        let axes = source.iter().skip(1).zip(sink.iter().skip(1)).enumerate();
        for (axis, (read, written)) in axes {
            let of = |numbers: &[usize], missing: usize| numbers.get(axis).copied().unwrap_or(missing);
            let (kernel, stride, dilation) = (of(&conv.kernel, 1), of(&conv.stride, 1).max(1), of(&conv.dilation, 1));
            let reach = kernel.saturating_sub(1) * dilation / stride;
            let mut rests: Vec<usize> = (0..kernel).map(|tap| tap * dilation % stride).collect();
            rests.sort_unstable();
            rests.dedup();
            parts *= rests.len().max(1) as u64;
            domain *= (written + reach) as u64;
            let before = conv.padding.get(axis).map_or(0, |(before, _)| *before);
            made *= ((read + before).saturating_sub(1) / stride + 1 + reach) as u64;
        }
        let channels = |shape: &[usize]| n.rows * F32 * shape.first().copied().unwrap_or(1) as u64;
        Self { read: channels(source) * parts * domain, domain: channels(sink) * domain, made: channels(sink) * made }
    }
}
