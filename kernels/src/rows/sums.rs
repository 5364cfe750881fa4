//! Sums over all numbers, in f64: the length of a gradient.

use super::each::dot;

/// Σ xᵢ².
///
/// # Safety
/// `x` readable for `n` floats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sum_squares(n: usize, x: *const f32) -> f64 {
    // SAFETY: the caller's promise.
    unsafe { dot(n, x, x) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LENGTHS, Random, wide};

    #[test]
    fn squares_are_summed() {
        for n in LENGTHS {
            let x = Random(8).numbers(n, 1.0);
            let expected: f64 = wide(&x).iter().map(|x| x * x).sum();
            // SAFETY: n floats.
            assert!((unsafe { sum_squares(n, x.as_ptr()) } - expected).abs() < 1e-9);
        }
    }
}
