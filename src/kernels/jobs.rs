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

/// Places of a plane that are enough work for a job.
const PLACES_A_JOB: usize = 4096;

/// Cuts `[rows, groups x channels, extents]` along the first axis.
pub(super) fn jobs<'o>(
    rows: usize,
    groups: usize,
    channels: usize,
    extents: [usize; 3],
    out: &'o mut [f32],
) -> Vec<Job<'o>> {
    let [depth, height, width] = extents;
    let plane = (height * width).max(1);
    let planes = PLACES_A_JOB.div_ceil(plane).clamp(1, depth.max(1));
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
