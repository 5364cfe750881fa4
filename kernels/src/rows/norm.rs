//! Layer norm and RMS norm: every row gets mean 0 and variance 1, or just mean square 1; and the gradient of the input.
//!
//! ```text
//! mean ← Σ x / d, or 0 for RMS norm
//! 1/σ  ← 1 / √(Σ (x − mean)² / d + eps)
//! x̂    ← (x − mean) / σ,  y ← x̂·weight + bias
//! ```
//!
//! Two passes, so that a large mean costs no digits of the variance. x̂ and 1/σ are kept for the way back.

use super::each::{dot, each1, each2, fold};
use crate::lanes::Lanes;

/// `rows` rows of `d`; `weight` and `bias` may be null; not `centred` (0) is RMS norm.
///
/// # Safety
/// `x` readable, `hat` and `y` writable for rows·d floats, `weight` and `bias` readable for d, `rstd` writable for rows.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn norm(
    rows: usize, d: usize, x: *const f32, weight: *const f32, bias: *const f32, eps: f32, centred: i32,
    hat: *mut f32, rstd: *mut f32, y: *mut f32,
) {
    for r in 0..rows {
        // SAFETY: row r.
        unsafe {
            let (x, hat, y) = (x.add(r * d), hat.add(r * d), y.add(r * d));
            let mean = if centred != 0 { fold(d, x, 0.0, Lanes::zero(), Lanes::add).sum() / d as f32 } else { 0.0 };
            let m = Lanes::splat(mean);
            let square = |sum: Lanes, x: Lanes| {
                let off = x.sub(m);
                sum.mul_add(off, off)
            };
            // Lanes beyond the end hold the mean, and add nothing.
            let squares = fold(d, x, mean, Lanes::zero(), square).sum();
            let scale = Lanes::splat(squares / d as f32 + eps).sqrt().reciprocal();
            *rstd.add(r) = scale.to_array()[0];
            each1(d, x, hat, |x| x.sub(m).mul(scale));
            if weight.is_null() {
                each1(d, hat, y, |hat| hat);
            } else {
                each2(d, hat, weight, y, Lanes::mul);
            }
            if !bias.is_null() {
                each2(d, y, bias, y, Lanes::add);
            }
        }
    }
}

/// dx = (g − mean g − x̂·mean(g x̂)) / σ with g = dy·weight; without the mean of g where x was not centred.
///
/// # Safety
/// `dy` and `hat` readable, `dx` writable for rows·d floats, `weight` readable for d or null, `rstd` for rows. `dx` is none of them.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn norm_backward(
    rows: usize, d: usize, dy: *const f32, weight: *const f32, hat: *const f32, rstd: *const f32, centred: i32,
    dx: *mut f32,
) {
    for r in 0..rows {
        // SAFETY: row r.
        unsafe {
            let (dy, hat, dx) = (dy.add(r * d), hat.add(r * d), dx.add(r * d));
            if weight.is_null() {
                each1(d, dy, dx, |g| g);
            } else {
                each2(d, dy, weight, dx, Lanes::mul);
            }
            let mean = if centred != 0 { fold(d, dx, 0.0, Lanes::zero(), Lanes::add).sum() / d as f32 } else { 0.0 };
            let along = dot(d, dx, hat) / d as f32;
            let (mean, along, scale) = (Lanes::splat(mean), Lanes::splat(along), Lanes::broadcast(rstd.add(r)));
            each2(d, dx, hat, dx, |g, hat| g.sub(mean).sub(hat.mul(along)).mul(scale));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LENGTHS, Random, assert_close, wide};

    const EPS: f64 = 1e-5;

    fn naive(x: &[f64], centred: bool) -> (Vec<f64>, f64) {
        let d = x.len() as f64;
        let mean = if centred { x.iter().sum::<f64>() / d } else { 0.0 };
        let rstd = 1.0 / (x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / d + EPS).sqrt();
        (x.iter().map(|x| (x - mean) * rstd).collect(), rstd)
    }

    #[test]
    fn both_norms_are_their_formula_and_their_gradient_the_difference_quotient() {
        let mut random = Random(6);
        for d in LENGTHS.into_iter().filter(|&d| d > 1) {
            for centred in [true, false] {
                let (x, dy) = (random.numbers(2 * d, 3.0), random.numbers(2 * d, 1.0));
                let (weight, bias) = (random.numbers(d, 1.0), random.numbers(d, 1.0));
                let [mut hat, mut y, mut dx] = [0; 3].map(|_| vec![f32::NAN; 2 * d]);
                let mut rstd = [f32::NAN; 2];
                // SAFETY: two rows of d.
                unsafe {
                    let (w, b) = (weight.as_ptr(), bias.as_ptr());
                    let (h, r) = (hat.as_mut_ptr(), rstd.as_mut_ptr());
                    norm(2, d, x.as_ptr(), w, b, EPS as f32, centred.into(), h, r, y.as_mut_ptr());
                    norm_backward(2, d, dy.as_ptr(), w, h, r, centred.into(), dx.as_mut_ptr());
                }
                for row in 0..2 {
                    let x = wide(&x[row * d..][..d]);
                    let out = |x: &[f64]| -> Vec<f64> {
                        let hat = naive(x, centred).0;
                        (0..d).map(|i| hat[i] * f64::from(weight[i]) + f64::from(bias[i])).collect()
                    };
                    assert_close(&y[row * d..][..d], &out(&x), 1e-5);
                    assert!((f64::from(rstd[row]) / naive(&x, centred).1 - 1.0).abs() < 1e-5);
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
