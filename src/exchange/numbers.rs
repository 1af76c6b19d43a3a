//! Number types of files, as 32-bit floats. Bytes come in, in either order; floats go out.

/// A type of number that files hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U64,
    U32,
    U16,
    U8,
    Bool,
}

/// Which byte of a number comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

impl Number {
    /// Bytes of one.
    pub fn size(self) -> u64 {
        match self {
            Self::F64 | Self::I64 | Self::U64 => 8,
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::F16 | Self::BF16 | Self::I16 | Self::U16 => 2,
            Self::I8 | Self::U8 | Self::Bool => 1,
        }
    }

    /// The numbers at these positions, counted in numbers. A position outside of the bytes is passed over: the caller has
    /// checked them.
    pub fn take(self, bytes: &[u8], order: ByteOrder, positions: impl Iterator<Item = usize>) -> Vec<f32> {
        fn each<const N: usize>(
            bytes: &[u8],
            order: ByteOrder,
            positions: impl Iterator<Item = usize>,
            number: impl Fn([u8; N]) -> f32,
        ) -> Vec<f32> {
            let all = bytes.as_chunks::<N>().0;
            let read = |position| {
                let mut one: [u8; N] = *all.get(position)?;
                if order == ByteOrder::Big {
                    one.reverse();
                }
                Some(number(one))
            };
            positions.filter_map(read).collect()
        }
        match self {
            Self::F64 => each(bytes, order, positions, |b| f64::from_le_bytes(b) as f32),
            Self::F32 => each(bytes, order, positions, f32::from_le_bytes),
            Self::F16 => each(bytes, order, positions, |b| half(u16::from_le_bytes(b))),
            Self::BF16 => each(bytes, order, positions, |b| f32::from_bits(u32::from(u16::from_le_bytes(b)) << 16)),
            Self::I64 => each(bytes, order, positions, |b| i64::from_le_bytes(b) as f32),
            Self::U64 => each(bytes, order, positions, |b| u64::from_le_bytes(b) as f32),
            Self::I32 => each(bytes, order, positions, |b| i32::from_le_bytes(b) as f32),
            Self::U32 => each(bytes, order, positions, |b| u32::from_le_bytes(b) as f32),
            Self::I16 => each(bytes, order, positions, |b| f32::from(i16::from_le_bytes(b))),
            Self::U16 => each(bytes, order, positions, |b| f32::from(u16::from_le_bytes(b))),
            Self::I8 => each(bytes, order, positions, |b| f32::from(i8::from_le_bytes(b))),
            Self::U8 | Self::Bool => each(bytes, order, positions, |[b]| f32::from(b)),
        }
    }

    /// All numbers of these bytes, the lowest byte first.
    pub fn all(self, bytes: &[u8]) -> Vec<f32> {
        self.take(bytes, ByteOrder::Little, 0..bytes.len() / self.size() as usize)
    }
}

/// IEEE 754 half precision.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from((bits >> 10) & 0x1f);
    let fraction = f32::from(bits & 0x3ff);
    sign * match exponent {
        0 => fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_type_become_floats() {
        let read = |number: Number, bytes: &[u8]| number.all(bytes)[0];
        assert_eq!(read(Number::F16, &0x3555u16.to_le_bytes()), 0.333_251_95);
        assert_eq!(read(Number::F16, &0x8001u16.to_le_bytes()), -5.960_464_5e-8);
        assert_eq!(read(Number::F16, &0xfc00u16.to_le_bytes()), f32::NEG_INFINITY);
        assert_eq!(read(Number::BF16, &0xc040u16.to_le_bytes()), -3.0);
        assert_eq!(read(Number::I64, &(-12i64).to_le_bytes()), -12.0);
        assert_eq!(read(Number::F64, &0.1f64.to_le_bytes()), 0.1);
        assert_eq!(read(Number::Bool, &[1]), 1.0);
    }

    #[test]
    fn the_highest_byte_may_come_first() {
        let bytes: Vec<u8> = [1.5f32, -2.0].iter().flat_map(|v| v.to_be_bytes()).collect();
        assert_eq!(Number::F32.take(&bytes, ByteOrder::Big, [1, 0].into_iter()), [-2.0, 1.5]);
    }
}
