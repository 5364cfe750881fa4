//! The gradient of cross entropy with softmax: (p − target distribution)·weight. Forward it is `softmax` with its stats,
//! since −log pₜ = m + log total − xₜ.

use super::each::each1;
use crate::lanes::Lanes;

/// dx = scale·(p − (1 − smoothing)·[i = target] − smoothing / v), row by row; zeros where the target is `ignored`.
/// Where `weights` is not null, row r is also multiplied by weights[r].
///
/// # Safety
/// `p` readable and `dx` writable for rows·v floats, `targets` for rows numbers that are below `v` or `ignored`, `weights`
/// for rows floats or null. `dx` may be `p`.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cross_entropy_backward(
    rows: usize, v: usize, p: *const f32, targets: *const i32, ignored: i32, smoothing: f32,
    scale: f32, weights: *const f32, dx: *mut f32,
) {
    let spread = Lanes::splat(smoothing / v as f32);
    for r in 0..rows {
        // SAFETY: row r; the target is below v.
        unsafe {
            let (p, dx, target) = (p.add(r * v), dx.add(r * v), *targets.add(r));
            if target == ignored {
                each1(v, p, dx, |_| Lanes::zero());
                continue;
            }
            let weight = if weights.is_null() { scale } else { scale * *weights.add(r) };
            let w = Lanes::splat(weight);
            each1(v, p, dx, |p| p.sub(spread).mul(w));
            *dx.add(target as usize) -= weight * (1.0 - smoothing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Random, assert_close, wide};

    #[test]
    fn rows_are_their_formula() {
        let mut random = Random(5);
        let (rows, v) = (9, 7);
        let p = random.numbers(rows * v, 1.0);
        let weights = random.numbers(rows, 1.0);
        let targets: Vec<i32> = (0..rows).map(|r| if r == 4 { -100 } else { random.below(v) as i32 }).collect();
        for (smoothing, weighted) in [(0.0, false), (0.1, true)] {
            let mut dx = vec![f32::NAN; rows * v];
            let w = if weighted { weights.as_ptr() } else { core::ptr::null() };
            // SAFETY: all rows are there.
            unsafe {
                #[rustfmt::skip]
                cross_entropy_backward(rows, v, p.as_ptr(), targets.as_ptr(), -100, smoothing, 0.5, w, dx.as_mut_ptr());
            }
            for r in 0..rows {
                let weight = 0.5 * if weighted { f64::from(weights[r]) } else { 1.0 };
                let expected = wide(&p[r * v..][..v]).into_iter().enumerate().map(|(i, p)| {
                    let hit = if targets[r] == i as i32 { 1.0 - f64::from(smoothing) } else { 0.0 };
                    let counts = if targets[r] == -100 { 0.0 } else { weight };
                    counts * (p - hit - f64::from(smoothing) / v as f64)
                });
                assert_close(&dx[r * v..][..v], &expected.collect::<Vec<_>>(), 1e-6);
            }
        }
    }
}
