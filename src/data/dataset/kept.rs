//! Images that have gone through a fold's fitted steps, kept in memory: between what the cache holds on disk (the steps that are the same
//! in every fold) and what is drawn anew at every look (views, random changes).
//!
//! ```text
//!  file ─ steps before the first fitted one ─▶ cache, mapped ─ fitted steps, once a fold ─▶ Kept ─ view, random changes ─▶ batch
//! ```
//!
//! All folds of a process together keep [`MOST_BYTES`]; what does not fit is worked out at every look. Whether an image is kept changes
//! no value.

use super::super::error::Result;
use super::super::transform::Image;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// As much as all folds of the process keep together.
pub const MOST_BYTES: usize = 1 << 30;

/// What is kept at the moment.
static IN_USE: AtomicUsize = AtomicUsize::new(0);

/// The images of one input, by member.
#[derive(Debug, Default)]
pub(super) struct Kept {
    images: Vec<OnceLock<Arc<Image>>>,
}

impl Kept {
    /// Room for this many members; none where the steps of the input leave nothing to keep.
    pub(super) fn of(members: usize) -> Self {
        Self { images: (0..members).map(|_| OnceLock::new()).collect() }
    }

    /// The member's image, made where it is not kept yet.
    ///
    /// # Errors
    /// What `make` returns.
    pub(super) fn get(&self, member: usize, make: impl FnOnce() -> Result<Image>) -> Result<Arc<Image>> {
        let place = self.images.get(member);
        if let Some(kept) = place.and_then(OnceLock::get) {
            return Ok(kept.clone());
        }
        let image = Arc::new(make()?);
        let Some(place) = place else { return Ok(image) };
        let bytes = bytes_of(&image);
        let has_room = IN_USE.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= MOST_BYTES;
        // Another thread may have kept its own, which is the same.
        if !has_room || place.set(image.clone()).is_err() {
            IN_USE.fetch_sub(bytes, Ordering::Relaxed);
        }
        Ok(image)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let bytes = self.images.iter().filter_map(OnceLock::get).map(|image| bytes_of(image)).sum();
        IN_USE.fetch_sub(bytes, Ordering::Relaxed);
    }
}

fn bytes_of(image: &Image) -> usize {
    image.data.len() * size_of::<f32>()
}
