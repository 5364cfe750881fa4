//! Sums over all numbers, in f64: the length of a gradient.

/// Sums side by side: they are independent, so additions overlap.
const LANES: usize = 8;

/// Σ xᵢ².
///
/// # Safety
/// `x` readable for `n` floats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sum_squares(n: usize, x: *const f32) -> f64 {
    let mut sums = [0.0f64; LANES];
    let whole = n / LANES * LANES;
    // SAFETY: the caller's promise.
    unsafe {
        for i in (0..whole).step_by(LANES) {
            for (lane, sum) in sums.iter_mut().enumerate() {
                let x = f64::from(*x.add(i + lane));
                *sum += x * x;
            }
        }
        for i in whole..n {
            let x = f64::from(*x.add(i));
            sums[0] += x * x;
        }
    }
    sums.into_iter().fold(0.0, |total, sum| total + sum)
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
