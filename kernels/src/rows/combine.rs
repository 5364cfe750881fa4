//! Experts' outputs, combined: each row is multiplied by the weight that its token gave it, and added to that token's row.
//! And the two gradients of that. Row i belongs to token `tokens[i]` and is weighted by `weights[order[i]]`.

use super::each::{dot, each1, each2};
use crate::lanes::Lanes;

/// y[tokens[i]] ← y[tokens[i]] + weights[order[i]]·rows[i] for `m` rows of `d`.
///
/// # Safety
/// `tokens` and `order` readable for m indices, each of which names a row of `y` and a weight; `rows` readable for m·d floats
/// and apart from `y`.
#[rustfmt::skip]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn combine(
    m: usize, d: usize, rows: *const f32, tokens: *const u32, weights: *const f32, order: *const u32, y: *mut f32,
) {
    for i in 0..m {
        // SAFETY: the caller's promise for row i.
        unsafe {
            let w = Lanes::splat(*weights.add(*order.add(i) as usize));
            let y = y.add(*tokens.add(i) as usize * d);
            each2(d, y, rows.add(i * d), y, |sum, x| sum.mul_add(w, x));
        }
    }
}

/// The rows' gradients: d_rows[i] ← weights[order[i]]·dy[tokens[i]].
///
/// # Safety
/// As `combine`, with `dy` in place of `y`; `d_rows` writable for m·d floats.
#[rustfmt::skip]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn combine_backward(
    m: usize, d: usize, dy: *const f32, tokens: *const u32, weights: *const f32, order: *const u32, d_rows: *mut f32,
) {
    for i in 0..m {
        // SAFETY: the caller's promise for row i.
        unsafe {
            let w = Lanes::splat(*weights.add(*order.add(i) as usize));
            each1(d, dy.add(*tokens.add(i) as usize * d), d_rows.add(i * d), |x| x.mul(w));
        }
    }
}

/// The weights' gradients: d_weights[order[i]] ← rows[i]·dy[tokens[i]]; the others stay as they are.
///
/// # Safety
/// As `combine`, with `dy` in place of `y` and `d_weights` in place of `weights`.
#[rustfmt::skip]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn combine_weights_backward(
    m: usize, d: usize, rows: *const f32, dy: *const f32, tokens: *const u32, order: *const u32, d_weights: *mut f32,
) {
    for i in 0..m {
        // SAFETY: the caller's promise for row i.
        unsafe {
            let dy = dy.add(*tokens.add(i) as usize * d);
            *d_weights.add(*order.add(i) as usize) = dot(d, rows.add(i * d), dy) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LENGTHS, Random, assert_close, wide};

    #[test]
    fn rows_come_home_weighted_and_gradients_go_back() {
        let mut random = Random(15);
        let (m, n, all) = (7, 4, 9);
        for d in LENGTHS {
            let (rows, weights, dy) =
                (random.numbers(m * d, 1.0), random.numbers(all, 1.0), random.numbers(n * d, 1.0));
            let tokens: Vec<u32> = (0..m).map(|_| random.below(n) as u32).collect();
            let order: Vec<u32> = [8, 0, 3, 1, 7, 4, 2].to_vec();
            let (mut y, mut d_rows, mut d_weights) = (vec![0.5; n * d], vec![f32::NAN; m * d], vec![0.5; all]);
            // SAFETY: seven rows of four tokens, nine weights.
            unsafe {
                let (t, o) = (tokens.as_ptr(), order.as_ptr());
                combine(m, d, rows.as_ptr(), t, weights.as_ptr(), o, y.as_mut_ptr());
                combine_backward(m, d, dy.as_ptr(), t, weights.as_ptr(), o, d_rows.as_mut_ptr());
                combine_weights_backward(m, d, rows.as_ptr(), dy.as_ptr(), t, o, d_weights.as_mut_ptr());
            }
            let [rows, weights, dy] = [&rows, &weights, &dy].map(|x| wide(x));
            let (mut y64, mut rows64, mut weights64) = (vec![0.5; n * d], vec![0.0; m * d], vec![0.5; all]);
            for i in 0..m {
                let (t, o) = (tokens[i] as usize * d, order[i] as usize);
                weights64[o] = 0.0;
                for j in 0..d {
                    y64[t + j] += weights[o] * rows[i * d + j];
                    rows64[i * d + j] = weights[o] * dy[t + j];
                    weights64[o] += rows[i * d + j] * dy[t + j];
                }
            }
            assert_close(&y, &y64, 1e-6);
            assert_close(&d_rows, &rows64, 1e-6);
            assert_close(&d_weights, &weights64, 1e-5);
        }
    }
}
