//! How well predictions meet the truth: classes, numbers and images.
//!
//! Truth and predictions of the scored subjects come in, in the same order; single numbers and small tables go out.
//! Definitions are those of scikit-learn, scipy and scikit-image; where they would answer with NaN or infinity, these
//! functions say why there is no answer.

pub mod calibration;
pub mod classification;
pub mod contrast;
pub mod drawn;
pub mod image;
pub mod lesion;
pub mod precision_recall;
pub mod regression;
pub mod roc;
pub mod ssim;
pub mod surface;

#[cfg(test)]
mod tests;
