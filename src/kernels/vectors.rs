//! The vectors that kernels use: the widest that the processor has, or narrower ones where they are asked for.

use pulp::Arch;
use std::sync::OnceLock;

/// Names the set of instructions that kernels are held to. Read once.
pub const VARIABLE: &str = "FASCICLE_ISA";

/// What it may say.
pub const SETS: [&str; 2] = ["avx512", "avx2"];

/// The vectors of this run.
pub(crate) fn vectors() -> Arch {
    static CHOSEN: OnceLock<Arch> = OnceLock::new();
    *CHOSEN.get_or_init(|| held_to(std::env::var(VARIABLE).ok().as_deref()))
}

/// A processor that has no more than is asked for, or less, gives what it has.
fn held_to(asked: Option<&str>) -> Arch {
    match asked {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        Some("avx2") => pulp::x86::V3::try_new().map_or(Arch::Scalar, Arch::V3),
        _ => Arch::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::{Simd, WithSimd};

    struct Lanes;

    impl WithSimd for Lanes {
        type Output = usize;

        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }

    #[test]
    fn narrower_vectors_are_used_where_they_are_asked_for() {
        let lanes = |asked| held_to(asked).dispatch(Lanes);
        assert!(lanes(Some("avx2")) <= 8);
        assert!(lanes(Some("avx2")) <= lanes(None));
        assert_eq!(lanes(Some("avx512")), lanes(None));
    }
}
