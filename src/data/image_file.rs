//! One subject's image, before it is opened: a file, or a scan that the phantom paints when it is asked for.

use super::affine::Affine;
use super::error::Result;
use super::phantom::{Contrast, Phantom};
use super::volume::Volume;
use std::path::PathBuf;
use std::sync::Arc;

/// One subject's image.
#[derive(Debug, Clone)]
pub enum ImageFile {
    /// A file.
    Path(PathBuf),
    /// A scan of the phantom, painted when it is read.
    Scan {
        /// The phantom.
        phantom: Arc<Phantom>,
        /// Which of its people.
        subject: usize,
        /// Which contrast; `None` for the label map.
        contrast: Option<Contrast>,
    },
}

impl ImageFile {
    /// What decides a painted scan; of a file, its path.
    pub fn identity(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Scan { phantom, subject, contrast } => format!("{:?} {subject} {contrast:?}", phantom.spec()),
        }
    }

    /// The volume: read, or painted.
    ///
    /// # Errors
    /// As [`Volume::read`].
    pub fn paint(&self) -> Result<Volume> {
        match self {
            Self::Path(path) => Volume::read(path),
            Self::Scan { phantom, subject, contrast } => {
                let data = match contrast {
                    Some(contrast) => phantom.scan(*subject, *contrast),
                    None => phantom.labels(*subject).mapv(f32::from),
                };
                Ok(Volume { data, affine: Affine(phantom.affine()), header: None })
            }
        }
    }
}
