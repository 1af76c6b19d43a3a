//! The largest of each window, over up to three axes at once, and its gradient.
//!
//! One pass where burn's pooling over planes needs two over volumes; and where the largest was takes four bytes, so that the image
//! itself need not be kept for the way back.

use rayon::prelude::*;

/// Windows over three axes (fewer: windows of 1 on axes of extent 1) of images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Extents of an image.
    pub read: [usize; 3],
    /// How many windows there are.
    pub made: [usize; 3],
    /// Elements of a window.
    pub kernel: [usize; 3],
    /// Steps between windows.
    pub stride: [usize; 3],
    /// How far the first window begins before the image. What lies outside is no element of a window.
    pub before: [usize; 3],
}

impl Windows {
    /// The elements of an axis that a window has.
    fn elements(&self, axis: usize, window: usize) -> std::ops::Range<usize> {
        let start = window * self.stride[axis];
        let end = (start + self.kernel[axis]).saturating_sub(self.before[axis]).min(self.read[axis]);
        start.saturating_sub(self.before[axis]).min(end)..end
    }

    fn read(&self) -> usize {
        self.read.iter().product()
    }

    fn made(&self) -> usize {
        self.made.iter().product()
    }
}

/// `[images, read]` to `[images, made]`, and where in its image each largest element lies: the first of the largest, as in
/// PyTorch, or the first that is no number. A window without elements has no largest: minus infinity, at the first element.
pub fn largest(windows: &Windows, images: &[f32]) -> (Vec<f32>, Vec<u32>) {
    let [_, height, width] = windows.read;
    let [depth, lines, columns] = windows.made;
    let count = images.len() / windows.read().max(1) * windows.made();
    let (mut values, mut places) = (vec![0.0; count], vec![0; count]);
    let made = values.par_chunks_mut(windows.made().max(1)).zip(places.par_chunks_mut(windows.made().max(1)));
    let columns: Vec<_> = (0..columns).map(|column| windows.elements(2, column)).collect();
    made.zip(images.par_chunks(windows.read().max(1))).for_each(|((values, places), image)| {
        for d in 0..depth {
            for h in 0..lines {
                let line = (d * lines + h) * columns.len();
                let (values, places) = (&mut values[line..][..columns.len()], &mut places[line..][..columns.len()]);
                values.fill(f32::NEG_INFINITY);
                places.fill(u32::MAX);
                for from_d in windows.elements(0, d) {
                    for from_h in windows.elements(1, h) {
                        let start = (from_d * height + from_h) * width;
                        let row = &image[start..start + width];
                        for ((value, place), elements) in values.iter_mut().zip(places.iter_mut()).zip(&columns) {
                            for (at, element) in (start + elements.start..).zip(&row[elements.clone()]) {
                                let first = *place == u32::MAX;
                                if first || *element > *value || (element.is_nan() && !value.is_nan()) {
                                    (*value, *place) = (*element, at as u32);
                                }
                            }
                        }
                    }
                }
                places.iter_mut().filter(|place| **place == u32::MAX).for_each(|place| *place = 0);
            }
        }
    });
    (values, places)
}

/// The gradient of the images, `[images, read]`, from that of the largest and from where they were.
pub fn largest_gradient(windows: &Windows, gradient: &[f32], places: &[u32]) -> Vec<f32> {
    let mut images = vec![0.0; gradient.len() / windows.made().max(1) * windows.read()];
    let read = gradient.par_chunks(windows.made().max(1)).zip(places.par_chunks(windows.made().max(1)));
    images.par_chunks_mut(windows.read().max(1)).zip(read).for_each(|(image, (gradient, places))| {
        for (value, place) in gradient.iter().zip(places) {
            if let Some(element) = image.get_mut(*place as usize) {
                *element += value;
            }
        }
    });
    images
}
