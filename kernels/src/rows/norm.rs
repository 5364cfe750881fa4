//! Layer norm and RMS norm: every row gets mean 0 and variance 1, or just mean square 1; and the gradient of the input.
//!
//! ```text
//! mean ← Σ x / d, or 0 for RMS norm
//! 1/σ  ← 1 / √(Σ (x − mean)² / d + eps)
//! x̂    ← (x − mean) / σ,  y ← x̂·weight + bias
//! ```
//!
//! Two passes, so that a large mean costs no digits of the variance; sums are f64. x̂ and 1/σ are kept for the backward pass.

use super::each::{dot, each1, each2, squares, sum, weighted};
use crate::lanes::{Lanes, Wide};

/// Variances above it get the factor SHRINK = 2⁻⁶⁴.
const HUGE: f64 = 1e50;
const SHRINK: f64 = 1.0 / ((1u128 << 64) as f64);

/// `rows` rows of `d`; `weight` and `bias` may be null; not `centered` (0) is RMS norm.
///
/// # Safety
/// `x` readable, `hat` and `y` writable for rows·d floats, `weight` and `bias` readable for d, `rstd` writable for rows.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn norm(
    rows: usize, d: usize, x: *const f32, weight: *const f32, bias: *const f32, eps: f64, centered: i32,
    hat: *mut f32, rstd: *mut f32, y: *mut f32,
) {
    for r in 0..rows {
        // SAFETY: row r.
        unsafe {
            let (x, hat, y) = (x.add(r * d), hat.add(r * d), y.add(r * d));
            let mean = if centered != 0 { sum(d, x) / d as f64 } else { 0.0 };
            let variance = squares(d, x, mean) / d as f64;
            let over_sigma = 1.0 / Wide::splat(variance + eps).sqrt().to_array()[0];
            *rstd.add(r) = over_sigma as f32;
            // Numbers so large that a difference of two could overflow are first made smaller by a power of two.
            let shrink = if variance > HUGE { SHRINK } else { 1.0 };
            let (scale, shrunk) = (Lanes::splat((over_sigma / shrink) as f32), Lanes::splat(shrink as f32));
            let [high, low] = split(mean * shrink);
            each1(d, x, hat, |x| x.mul(shrunk).sub(high).sub(low).mul(scale));
            weighted(d, hat, weight, y);
            if !bias.is_null() {
                each2(d, y, bias, y, Lanes::add);
            }
        }
    }
}

/// The f32 nearest to x, and what it lacks: subtracted one after the other, they leave the digits that a mean much larger than
/// the spread would cost.
fn split(x: f64) -> [Lanes; 2] {
    let high = x as f32;
    [Lanes::splat(high), Lanes::splat((x - f64::from(high)) as f32)]
}

/// dx = (g − mean g − x̂·mean(g x̂)) / σ with g = dy·weight; without the mean of g where x was not centered.
///
/// # Safety
/// `dy` and `hat` readable, `dx` writable for rows·d floats, `weight` readable for d or null, `rstd` for rows. `dx` is none of them.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn norm_backward(
    rows: usize, d: usize, dy: *const f32, weight: *const f32, hat: *const f32, rstd: *const f32, centered: i32,
    dx: *mut f32,
) {
    for r in 0..rows {
        // SAFETY: row r.
        unsafe {
            let (dy, hat, dx) = (dy.add(r * d), hat.add(r * d), dx.add(r * d));
            weighted(d, dy, weight, dx);
            let [high, low] = split(if centered != 0 { sum(d, dx) / d as f64 } else { 0.0 });
            let along = Lanes::splat((dot(d, dx, hat) / d as f64) as f32);
            let scale = Lanes::broadcast(rstd.add(r));
            each2(d, dx, hat, dx, |g, hat| g.sub(high).sub(low).sub(hat.mul(along)).mul(scale));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LENGTHS, Random, assert_close, wide};

    const EPS: f64 = 1e-5;

    fn naive(x: &[f64], centered: bool) -> (Vec<f64>, f64) {
        let d = x.len() as f64;
        let mean = if centered { x.iter().sum::<f64>() / d } else { 0.0 };
        let rstd = 1.0 / (x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / d + EPS).sqrt();
        (x.iter().map(|x| (x - mean) * rstd).collect(), rstd)
    }

    #[test]
    fn both_norms_are_their_formula_and_their_gradient_the_difference_quotient() {
        let mut random = Random(6);
        for d in LENGTHS.into_iter().filter(|&d| d > 1) {
            for centered in [true, false] {
                let (x, dy) = (random.numbers(2 * d, 3.0), random.numbers(2 * d, 1.0));
                let (weight, bias) = (random.numbers(d, 1.0), random.numbers(d, 1.0));
                let [mut hat, mut y, mut dx] = [0; 3].map(|_| vec![f32::NAN; 2 * d]);
                let mut rstd = [f32::NAN; 2];
                // SAFETY: two rows of d.
                unsafe {
                    let (w, b) = (weight.as_ptr(), bias.as_ptr());
                    let (h, r) = (hat.as_mut_ptr(), rstd.as_mut_ptr());
                    norm(2, d, x.as_ptr(), w, b, EPS, centered.into(), h, r, y.as_mut_ptr());
                    norm_backward(2, d, dy.as_ptr(), w, h, r, centered.into(), dx.as_mut_ptr());
                }
                for row in 0..2 {
                    let x = wide(&x[row * d..][..d]);
                    let out = |x: &[f64]| -> Vec<f64> {
                        let hat = naive(x, centered).0;
                        (0..d).map(|i| hat[i] * f64::from(weight[i]) + f64::from(bias[i])).collect()
                    };
                    assert_close(&y[row * d..][..d], &out(&x), 1e-5);
                    assert!((f64::from(rstd[row]) / naive(&x, centered).1 - 1.0).abs() < 1e-5);
                    let quotient: Vec<f64> = (0..d)
                        .map(|i| {
                            let [mut up, mut down] = [x.clone(), x.clone()];
                            up[i] += 1e-5;
                            down[i] -= 1e-5;
                            let dy = wide(&dy[row * d..][..d]);
                            let slopes = out(&up).into_iter().zip(out(&down)).map(|(u, v)| (u - v) / 2e-5);
                            slopes.zip(dy).map(|(slope, dy)| slope * dy).sum()
                        })
                        .collect();
                    assert_close(&dx[row * d..][..d], &quotient, 2e-4);
                }
            }
        }
    }
}
