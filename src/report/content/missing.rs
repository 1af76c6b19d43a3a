//! Numbers that may be missing, in JSON: `null` there, `NaN` here.
//!
//! JSON has no `NaN`, and a result that cannot be read back is worse than one that says it is missing.

/// For a field of type `f64`.
pub(super) mod number {
    use serde::{Deserialize, Deserializer, Serializer};

    /// A number, or null where it is not finite.
    pub fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
        if value.is_finite() { to.serialize_f64(*value) } else { to.serialize_none() }
    }

    /// A number, or `NaN` for null.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        Ok(Option::<f64>::deserialize(from)?.unwrap_or(f64::NAN))
    }
}

/// For a field of type `Vec<T>` with `T` one of `f32` and `f64`.
pub(super) mod numbers {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Numbers, with null where one is not finite.
    pub fn serialize<T: Copy + Into<f64> + Serialize, S: Serializer>(values: &[T], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(|&value| value.into().is_finite().then_some(value)))
    }

    /// Numbers, with `NaN` for null.
    pub fn deserialize<'de, T: Deserialize<'de> + From<f32>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<T>, D::Error> {
        let values = Vec::<Option<T>>::deserialize(from)?;
        Ok(values.into_iter().map(|value| value.unwrap_or_else(|| T::from(f32::NAN))).collect())
    }
}

/// For a field of type `[f64; 2]`.
pub(super) mod pair {
    use serde::{Deserialize, Deserializer, Serializer};

    /// Two numbers, with null where one is not finite.
    pub fn serialize<S: Serializer>(values: &[f64; 2], to: S) -> Result<S::Ok, S::Error> {
        super::numbers::serialize(values, to)
    }

    /// Two numbers, with `NaN` for null.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[f64; 2], D::Error> {
        Ok(<[Option<f64>; 2]>::deserialize(from)?.map(|value| value.unwrap_or(f64::NAN)))
    }
}
