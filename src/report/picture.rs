//! From volumes to pictures: planes cut out of arrays, and 8-bit PNG data URIs made of planes.
//!
//! Volumes come in as `[x, y, z]` with the first axis to the subject's right, the second to the front and the third up
//! (RAS+). Pictures show the subject's left at the left. What is missing (`NaN`) is transparent.

use super::content::{BrainPlane, Frame, PlaneView, Planes};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ndarray::{ArrayView3, Axis};
use png::{BitDepth, ColorType, Encoder};

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Input and reconstruction differ in shape.
    #[error("the reconstruction has {found:?} voxels and the input has {expected:?}; a picture needs the same")]
    Shape {
        /// The input's.
        expected: Vec<usize>,
        /// The reconstruction's.
        found: Vec<usize>,
    },
    /// A plane outside the volume.
    #[error("the {view} plane {index} is outside the volume, which has {planes} of them; choose 0 to {}", planes.saturating_sub(1))]
    Outside {
        /// Which way the plane cuts.
        view: &'static str,
        /// The plane that was asked for.
        index: usize,
        /// How many there are.
        planes: usize,
    },
    /// Pixels that do not make a rectangle.
    #[error("{values} values do not fill {width} x {height} pixels")]
    Size {
        /// How many values there are.
        values: usize,
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// The encoder refused.
    #[error("the picture cannot be written as PNG: {0}")]
    Encoding(#[from] png::EncodingError),
}

/// Cuts the axial, coronal and sagittal plane through voxel `at` out of an input and its reconstruction.
///
/// `spacing` is the distance of voxels along the three axes and `origin` the place of voxel `[0, 0, 0]`, both in mm.
///
/// # Errors
/// Shapes that differ, or a voxel outside the volume.
pub fn three_planes(
    input: ArrayView3<f32>,
    reconstruction: ArrayView3<f32>,
    at: [usize; 3],
    spacing: [f64; 3],
    origin: [f64; 3],
) -> Result<Vec<Planes>, PictureError> {
    if input.shape() != reconstruction.shape() {
        return Err(PictureError::Shape { expected: input.shape().to_vec(), found: reconstruction.shape().to_vec() });
    }
    let cut = |(frame, index)| Planes {
        input: plane(input, &frame, index),
        reconstruction: plane(reconstruction, &frame, index),
        frame,
    };
    Ok(frames(input.dim(), at, spacing, origin)?.into_iter().map(cut).collect())
}

/// Cuts the three planes through voxel `at` out of a map; `outlined` marks voxels, or is empty. `spacing` and `origin` as in
/// [`three_planes`].
///
/// # Errors
/// Shapes that differ, or a voxel outside the volume.
pub fn map_planes(
    map: ArrayView3<f32>,
    outlined: Option<ArrayView3<bool>>,
    at: [usize; 3],
    spacing: [f64; 3],
    origin: [f64; 3],
) -> Result<Vec<BrainPlane>, PictureError> {
    if let Some(marks) = &outlined
        && marks.shape() != map.shape()
    {
        return Err(PictureError::Shape { expected: map.shape().to_vec(), found: marks.shape().to_vec() });
    }
    let cut = |(frame, index)| BrainPlane {
        values: plane(map, &frame, index),
        outlined: outlined.map(|marks| plane(marks, &frame, index)).unwrap_or_default(),
        frame,
    };
    Ok(frames(map.dim(), at, spacing, origin)?.into_iter().map(cut).collect())
}

/// The three planes through a voxel, each with its number.
fn frames(
    (x, y, z): (usize, usize, usize),
    at: [usize; 3],
    spacing: [f64; 3],
    origin: [f64; 3],
) -> Result<Vec<(Frame, usize)>, PictureError> {
    let extent = [x, y, z];
    let frame = |view: PlaneView| {
        let (across, right, up) = axes(view);
        let (index, planes) = (at[across], extent[across]);
        if index >= planes {
            return Err(PictureError::Outside { view: view.name(), index, planes });
        }
        let position = origin[across] + spacing[across] * index as f64;
        let pixel = [spacing[right], spacing[up]];
        Ok((Frame { view, position, width: extent[right], height: extent[up], pixel }, index))
    };
    PlaneView::ALL.into_iter().map(frame).collect()
}

/// The axis that a view cuts across, the one that lies level in the picture, and the one that stands upright.
fn axes(view: PlaneView) -> (usize, usize, usize) {
    match view {
        PlaneView::Axial => (2, 0, 1),
        PlaneView::Coronal => (1, 0, 2),
        PlaneView::Sagittal => (0, 1, 2),
    }
}

/// One plane, row by row from the top left.
fn plane<T: Copy>(volume: ArrayView3<T>, frame: &Frame, index: usize) -> Vec<T> {
    // What is left is indexed [level axis, upright axis].
    let mut cut = volume.index_axis_move(Axis(axes(frame.view).0), index);
    cut.invert_axis(Axis(1));
    if frame.view == PlaneView::Sagittal {
        cut.invert_axis(Axis(0));
    }
    cut.t().iter().copied().collect()
}

/// Values from `low` to `high` as greys from black to white; values outside take the colour of the end.
///
/// # Errors
/// Values that do not fill rows of `width`.
pub fn grey_png(values: &[f32], width: usize, (low, high): (f64, f64)) -> Result<String, PictureError> {
    let grey = |value: f32| {
        let level = (share(f64::from(value), low, high) * 255.0).round() as u8;
        [level, if value.is_finite() { 255 } else { 0 }]
    };
    if values.iter().all(|value| value.is_finite()) {
        data_uri(values, width, ColorType::Grayscale, |value| [grey(value)[0]])
    } else {
        data_uri(values, width, ColorType::GrayscaleAlpha, grey)
    }
}

/// Values from `-limit` to `limit` as light blue, black and light red.
///
/// # Errors
/// Values that do not fill rows of `width`.
pub fn diverging_png(values: &[f32], width: usize, limit: f64) -> Result<String, PictureError> {
    let colour = |value: f32| diverging(share(f64::from(value), -limit, limit));
    if values.iter().all(|value| value.is_finite()) {
        data_uri(values, width, ColorType::Rgb, colour)
    } else {
        data_uri(values, width, ColorType::Rgba, |value| {
            let [r, g, b] = colour(value);
            [r, g, b, if value.is_finite() { 255 } else { 0 }]
        })
    }
}

/// The least width of a picture with outlines, in pixels: lines have to be finer than voxels.
const OUTLINED_WIDTH: usize = 384;
/// Around what is outlined.
const OUTLINE: [u8; 4] = [255, 226, 76, 255];
/// Around the mask, so that a head can be seen where its numbers are near 0.
const EDGE: [u8; 4] = [120, 128, 138, 255];

/// A plane of a map, each voxel as a square of pixels: numbers from `-limit` to `limit` in the colours of [`diverging_png`], a line inside the edge of what is `outlined` (a mark a value, or empty), and a fainter one
/// inside the edge of what is there at all.
///
/// # Errors
/// Values that do not fill rows of `width`.
pub fn map_png(values: &[f32], outlined: &[bool], width: usize, limit: f64) -> Result<String, PictureError> {
    let height = values.len().checked_div(width).unwrap_or(0);
    if height == 0 || width * height != values.len() {
        return Err(PictureError::Size { values: values.len(), width, height });
    }
    let scale = OUTLINED_WIDTH.div_ceil(width);
    let is_in = |mark: &dyn Fn(usize) -> bool, x: i64, y: i64| {
        (0..width as i64).contains(&x) && (0..height as i64).contains(&y) && mark((y * width as i64 + x) as usize)
    };
    let there = |at: usize| values[at].is_finite();
    let marked = |at: usize| outlined.get(at).copied().unwrap_or(false);
    // Whether a pixel of a voxel lies at a side whose neighbour is not in.
    let at_edge = |mark: &dyn Fn(usize) -> bool, (x, y): (i64, i64), (px, py): (usize, usize), line: usize| {
        let near = |place: usize| (place < line, place + line >= scale);
        let ((left, right), (top, bottom)) = (near(px), near(py));
        (left && !is_in(mark, x - 1, y))
            || (right && !is_in(mark, x + 1, y))
            || (top && !is_in(mark, x, y - 1))
            || (bottom && !is_in(mark, x, y + 1))
    };
    let line = (scale / 4).max(1);
    let mut pixels = Vec::with_capacity(values.len() * scale * scale);
    for row in 0..height * scale {
        for column in 0..width * scale {
            let (x, y) = ((column / scale) as i64, (row / scale) as i64);
            let (at, within) = (y as usize * width + x as usize, (column % scale, row % scale));
            pixels.push(if marked(at) && at_edge(&marked, (x, y), within, line) {
                OUTLINE
            } else if !there(at) {
                [0; 4]
            } else if at_edge(&there, (x, y), within, line.div_ceil(2)) {
                EDGE
            } else {
                let [r, g, b] = diverging(share(f64::from(values[at]), -limit, limit));
                [r, g, b, 255]
            });
        }
    }
    encoded(pixels.as_flattened(), (width * scale, height * scale), ColorType::Rgba)
}

/// A row of `steps` values from `low` to `high`, for colour bars.
pub fn ramp(low: f64, high: f64, steps: usize) -> Vec<f32> {
    let last = steps.saturating_sub(1).max(1) as f64;
    (0..steps).map(|step| (low + (high - low) * step as f64 / last) as f32).collect()
}

/// The colour at `share` of the way, after Crameri's map "berlin" (2018): even steps look even, its two ends can be
/// told apart with every kind of colour vision, and zero is as black as the air around a head.
fn diverging(share: f64) -> [u8; 3] {
    const STOPS: [[f64; 3]; 9] = [
        [158.0, 176.0, 255.0],
        [91.0, 164.0, 219.0],
        [45.0, 117.0, 151.0],
        [26.0, 66.0, 86.0],
        [0.0, 0.0, 0.0],
        [65.0, 24.0, 7.0],
        [121.0, 56.0, 31.0],
        [196.0, 113.0, 90.0],
        [255.0, 172.0, 172.0],
    ];
    let place = share.clamp(0.0, 1.0) * (STOPS.len() - 1) as f64;
    let index = (place.floor() as usize).min(STOPS.len() - 2);
    let part = place - index as f64;
    std::array::from_fn(|channel| {
        (STOPS[index][channel] * (1.0 - part) + STOPS[index + 1][channel] * part).round() as u8
    })
}

fn share(value: f64, low: f64, high: f64) -> f64 {
    let share = (value - low) / (high - low);
    if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
}

fn data_uri<const N: usize>(
    values: &[f32],
    width: usize,
    colour: ColorType,
    pixel: impl Fn(f32) -> [u8; N],
) -> Result<String, PictureError> {
    let height = values.len().checked_div(width).unwrap_or(0);
    if height == 0 || width * height != values.len() {
        return Err(PictureError::Size { values: values.len(), width, height });
    }
    let pixels: Vec<u8> = values.iter().flat_map(|value| pixel(*value)).collect();
    encoded(&pixels, (width, height), colour)
}

/// Bytes of a picture as a data URI.
fn encoded(pixels: &[u8], (width, height): (usize, usize), colour: ColorType) -> Result<String, PictureError> {
    let (Ok(across), Ok(down)) = (u32::try_from(width), u32::try_from(height)) else {
        return Err(PictureError::Size { values: pixels.len(), width, height });
    };
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, across, down);
    encoder.set_color(colour);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(format!("data:image/png;base64,{}", STANDARD.encode(file)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    type Decoded = (u32, u32, ColorType, Vec<u8>);

    fn decoded(uri: &str) -> Result<Decoded, Box<dyn std::error::Error>> {
        let data = uri.strip_prefix("data:image/png;base64,").ok_or("no data URI")?;
        let file = std::io::Cursor::new(STANDARD.decode(data)?);
        let mut reader = png::Decoder::new(file).read_info()?;
        let mut pixels = vec![0; reader.output_buffer_size().ok_or("too large")?];
        let info = reader.next_frame(&mut pixels)?;
        pixels.truncate(info.buffer_size());
        Ok((info.width, info.height, info.color_type, pixels))
    }

    #[test]
    fn planes_lie_as_their_letters_say() -> Outcome {
        // A voxel's value tells where it is: 100 x + 10 y + z.
        let volume = Array3::from_shape_fn((4, 3, 2), |(x, y, z)| (100 * x + 10 * y + z) as f32);
        let planes = three_planes(volume.view(), volume.view(), [1, 2, 0], [1.0, 2.0, 3.0], [-90.0, -126.0, -72.0])?;
        let [axial, coronal, sagittal] = &planes[..] else {
            return Err("not three".into());
        };
        assert_eq!((axial.frame.width, axial.frame.height, axial.frame.pixel), (4, 3, [1.0, 2.0]));
        assert_eq!(axial.input[..4], [20.0, 120.0, 220.0, 320.0], "the front is at the top, the left at the left");
        assert_eq!(coronal.input[..4], [21.0, 121.0, 221.0, 321.0], "up is at the top");
        assert_eq!(sagittal.input[..3], [121.0, 111.0, 101.0], "the front is at the left");
        assert_eq!((axial.frame.position, coronal.frame.position, sagittal.frame.position), (-72.0, -122.0, -89.0));
        Ok(())
    }

    #[test]
    fn a_plane_outside_and_shapes_that_differ_are_refused() {
        let (a, b) = (Array3::<f32>::zeros((4, 3, 2)), Array3::<f32>::zeros((4, 3, 3)));
        let cut = |second: &Array3<f32>, at| three_planes(a.view(), second.view(), at, [1.0; 3], [0.0; 3]);
        assert!(cut(&a, [0, 0, 2]).is_err_and(|error| error.to_string().contains("axial plane 2")));
        assert!(cut(&b, [0, 0, 0]).is_err_and(|error| error.to_string().contains("[4, 3, 3]")));
    }

    #[test]
    fn greys_span_the_range_and_missing_voxels_are_transparent() -> Outcome {
        let (width, height, colour, pixels) = decoded(&grey_png(&[0.0, 0.5, 1.0, 7.0, -1.0, 0.2], 3, (0.0, 1.0))?)?;
        assert_eq!((width, height, colour), (3, 2, ColorType::Grayscale));
        assert_eq!(pixels, [0, 128, 255, 255, 0, 51]);
        let (_, _, colour, pixels) = decoded(&grey_png(&[1.0, f32::NAN], 2, (0.0, 1.0))?)?;
        assert_eq!((colour, pixels), (ColorType::GrayscaleAlpha, vec![255, 255, 0, 0]));
        Ok(())
    }

    #[test]
    fn no_difference_is_dark_and_the_two_directions_are_blue_and_red() -> Outcome {
        let (_, _, colour, pixels) = decoded(&diverging_png(&[-2.0, 0.0, 2.0], 3, 2.0)?)?;
        assert_eq!(colour, ColorType::Rgb);
        assert!(pixels[2] > pixels[0] && pixels[3..6].iter().all(|level| *level < 20) && pixels[6] > pixels[8]);
        Ok(())
    }

    #[test]
    fn what_is_outlined_has_a_line_inside_its_edge_and_what_is_missing_is_transparent() -> Outcome {
        // Three voxels beside one another: one outlined, one not, one that is not there.
        let uri = map_png(&[1.0, 0.0, f32::NAN], &[true, false, false], 3, 1.0)?;
        let (width, height, colour, pixels) = decoded(&uri)?;
        let scale = OUTLINED_WIDTH / 3;
        assert_eq!((width as usize, height as usize, colour), (3 * scale, scale, ColorType::Rgba));
        let at = |x: usize, y: usize| -> [u8; 4] {
            let first = 4 * (y * 3 * scale + x);
            [pixels[first], pixels[first + 1], pixels[first + 2], pixels[first + 3]]
        };
        let middle = scale / 2;
        assert_eq!((at(0, middle), at(scale - 1, middle), at(middle, 0)), (OUTLINE, OUTLINE, OUTLINE));
        assert_eq!((at(middle, middle), at(scale + middle, middle)), ([255, 172, 172, 255], [0, 0, 0, 255]));
        assert_eq!((at(2 * scale - 1, middle), at(2 * scale + middle, middle)), (EDGE, [0; 4]));
        assert!(map_png(&[1.0, 2.0, 3.0], &[], 2, 1.0).is_err());
        Ok(())
    }

    #[test]
    fn a_map_is_cut_as_a_picture_is() -> Outcome {
        let volume = Array3::from_shape_fn((4, 3, 2), |(x, y, z)| (100 * x + 10 * y + z) as f32);
        let marks = volume.mapv(|v| v == 21.0);
        let planes = map_planes(volume.view(), Some(marks.view()), [0, 2, 1], [1.0, 2.0, 3.0], [-90.0, -126.0, -72.0])?;
        let whole = three_planes(volume.view(), volume.view(), [0, 2, 1], [1.0, 2.0, 3.0], [-90.0, -126.0, -72.0])?;
        for (map, picture) in planes.iter().zip(&whole) {
            assert_eq!(
                (&map.values, map.frame.position, map.frame.pixel),
                (&picture.input, picture.frame.position, picture.frame.pixel)
            );
            assert_eq!(map.outlined.iter().filter(|mark| **mark).count(), 1, "{:?}", map.frame.view);
        }
        assert!(
            map_planes(volume.view(), Some(marks.slice(ndarray::s![..2, .., ..])), [0; 3], [1.0; 3], [0.0; 3]).is_err()
        );
        Ok(())
    }

    #[test]
    fn pixels_that_do_not_make_a_rectangle_are_refused() {
        assert!(grey_png(&[1.0, 2.0, 3.0], 2, (0.0, 1.0)).is_err());
        assert!(grey_png(&[], 0, (0.0, 1.0)).is_err());
        assert!(grey_png(&[1.0], 1, (1.0, 1.0)).is_ok(), "a flat picture is black");
    }
}
