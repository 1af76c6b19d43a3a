//! How an image that is made is cut for threads.

/// What one thread makes at a time: some planes of the channels of a group.
pub(super) struct Job<'o> {
    pub row: usize,
    pub group: usize,
    /// The first plane.
    pub first: usize,
    /// How many planes.
    pub planes: usize,
    /// By channel of the group.
    pub outs: Vec<&'o mut [f32]>,
}

/// Places that are work enough for a job, and no more.
const PLACES_A_JOB: std::ops::RangeInclusive<usize> = 1024..=4096;
/// Numbers that a job reads again for every few channels that it makes: they stay in the cache of a core.
const READ_BY_A_JOB: usize = 192 * 1024;

/// Cuts `[rows, groups x channels, extents]` along the first axis; channels that are read, and that are made.
pub(super) fn jobs<'o>(
    rows: usize,
    groups: usize,
    [read, channels]: [usize; 2],
    extents: [usize; 3],
    out: &'o mut [f32],
) -> Vec<Job<'o>> {
    let [depth, height, width] = extents;
    let plane = (height * width).max(1);
    let places = (READ_BY_A_JOB / read.max(1)).clamp(*PLACES_A_JOB.start(), *PLACES_A_JOB.end());
    let planes = places.div_ceil(plane).clamp(1, depth.max(1));
    let mut all = Vec::new();
    let mut of_channels = out.chunks_mut((depth * plane).max(1));
    for row in 0..rows {
        for group in 0..groups {
            let start = all.len();
            for first in (0..depth).step_by(planes) {
                let planes = planes.min(depth - first);
                all.push(Job { row, group, first, planes, outs: Vec::with_capacity(channels) });
            }
            for channel in of_channels.by_ref().take(channels) {
                for (job, part) in all[start..].iter_mut().zip(channel.chunks_mut(planes * plane)) {
                    job.outs.push(part);
                }
            }
        }
    }
    all
}
