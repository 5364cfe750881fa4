//! Softmax of each row: yᵢ = e^(s·xᵢ − m) / Σⱼ e^(s·xⱼ − m), with m the row's largest s·xᵢ, s a scale; and its gradient.
//!
//! ```text
//! for each row:
//!   m     ← max s·x           read x
//!   total ← Σ e^(s·x − m)     read x, write e^… to y
//!   y     ← y / total         read and write y
//! ```
//!
//! A causal mask costs nothing: the row of query t reads its first t + ahead + 1 numbers, the others become 0.

use super::each::{dot, each1, each2, fold, sum};
use crate::lanes::Lanes;
use crate::math::exp_low;

/// `rows` rows of `n`. Row r sees its first (r mod block) + ahead + 1 numbers, at least none and at most `n`. Where it sees
/// nothing but −∞ it is all zeros; where it sees a NaN, all that it sees becomes NaN. Where `stats` is not null, row r's m
/// and total go to stats[2 r] and stats[2 r + 1].
///
/// # Safety
/// `x` readable and `y` writable for rows·n floats, `stats` for 2·rows or null; `y` may be `x`.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn softmax(
    rows: usize, n: usize, x: *const f32, y: *mut f32, scale: f32, block: usize, ahead: isize, stats: *mut f32,
) {
    for r in 0..rows {
        let query = r.checked_rem(block).unwrap_or(0) as isize;
        let seen = query.saturating_add(ahead).saturating_add(1).max(0).min(n as isize) as usize;
        // SAFETY: row r.
        unsafe {
            let (top, total) = softmax_row(seen, x.add(r * n), y.add(r * n), scale);
            for i in seen..n {
                *y.add(r * n + i) = 0.0;
            }
            if !stats.is_null() {
                *stats.add(2 * r) = top;
                *stats.add(2 * r + 1) = total;
            }
        }
    }
}

/// One row; returns its largest scaled number and the sum of the exponentials, which is NaN where a number is.
///
/// # Safety
/// `x` readable and `y` writable for `n` floats; `y` may be `x`.
#[inline(never)]
pub unsafe fn softmax_row(n: usize, x: *const f32, y: *mut f32, scale: f32) -> (f32, f32) {
    if n == 0 {
        return (f32::NEG_INFINITY, 0.0);
    }
    let s = Lanes::splat(scale);
    // SAFETY: the caller's promise, for at least one float.
    unsafe {
        // Lanes beyond the end hold the first number again, which changes no maximum.
        let lowest = Lanes::splat(f32::NEG_INFINITY);
        let top = fold(n, x, *x, lowest, |most, x| most.larger(x.mul(s))).largest();
        exponentials(n, x, y, scale, top, 1.0);
        let total = sum(n, y) as f32;
        // Nothing but −∞ has a total of 0, and stays 0.
        if total != 0.0 {
            let t = Lanes::splat(total);
            each1(n, y, y, |y| y.div(t));
        }
        (top, total)
    }
}

/// The same row once more, from what `softmax_row` returned.
///
/// # Safety
/// As `softmax_row`.
pub unsafe fn softmax_again(n: usize, x: *const f32, y: *mut f32, scale: f32, top: f32, total: f32) {
    // SAFETY: the caller's promise.
    unsafe { exponentials(n, x, y, scale, top, if total == 0.0 { 0.0 } else { 1.0 / total }) }
}

/// y ← e^(s·x − top)·factor. Where −∞ is the largest, e⁻^∞ are wanted: without top, for −∞ + ∞ is no number.
///
/// # Safety
/// As `softmax_row`.
#[inline(never)]
unsafe fn exponentials(n: usize, x: *const f32, y: *mut f32, scale: f32, top: f32, factor: f32) {
    let [s, m, f] = [scale, if top == f32::NEG_INFINITY { 0.0 } else { top }, factor].map(Lanes::splat);
    // SAFETY: the caller's promise. Nothing is above top where no number of the row is NaN.
    unsafe { each1(n, x, y, |x| exp_low(x.mul(s).sub(m)).mul(f)) }
}

/// dxᵢ = yᵢ (dyᵢ − Σⱼ dyⱼ yⱼ)·scale, row by row.
///
/// # Safety
/// `y` and `dy` readable and `dx` writable for rows·n floats; `dx` may be one of them.
#[rustfmt::skip]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn softmax_backward(
    rows: usize, n: usize, y: *const f32, dy: *const f32, dx: *mut f32, scale: f32,
) {
    for r in 0..rows {
        // SAFETY: row r.
        unsafe { softmax_backward_row(n, y.add(r * n), dy.add(r * n), dx.add(r * n), scale) }
    }
}

/// One row of it.
///
/// # Safety
/// As `softmax_backward`.
#[inline(never)]
pub unsafe fn softmax_backward_row(n: usize, y: *const f32, dy: *const f32, dx: *mut f32, scale: f32) {
    let s = Lanes::splat(scale);
    // SAFETY: the caller's promise.
    unsafe {
        let along = Lanes::splat(dot(n, y, dy) as f32);
        each2(n, y, dy, dx, |y, dy| y.mul(dy.sub(along)).mul(s));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LENGTHS, Random, assert_close, wide};

    fn naive(x: &[f32], scale: f64, seen: usize) -> (Vec<f64>, f64, f64) {
        let z: Vec<f64> = wide(&x[..seen]).iter().map(|x| x * scale).collect();
        let top = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let e: Vec<f64> = z.iter().map(|z| (z - top).exp()).collect();
        let total: f64 = e.iter().sum();
        (e.iter().map(|e| e / total).chain(std::iter::repeat_n(0.0, x.len() - seen)).collect(), top, total)
    }

    #[test]
    fn rows_are_their_definition_with_and_without_a_causal_mask() {
        let mut random = Random(3);
        for n in LENGTHS.into_iter().filter(|&n| n > 0) {
            for (block, ahead) in [(1, n as isize), (3, 0), (3, 2), (5, -1)] {
                let rows = 6;
                let x = random.numbers(rows * n, 5.0);
                let (mut y, mut stats) = (vec![f32::NAN; rows * n], vec![f32::NAN; 2 * rows]);
                // SAFETY: the vectors hold all rows.
                unsafe { softmax(rows, n, x.as_ptr(), y.as_mut_ptr(), 0.5, block, ahead, stats.as_mut_ptr()) };
                for r in 0..rows {
                    let seen = ((r % block) as isize + ahead + 1).clamp(0, n as isize) as usize;
                    let (expected, top, total) = naive(&x[r * n..][..n], 0.5, seen);
                    assert_close(&y[r * n..][..n], &expected, 1e-6);
                    if seen > 0 {
                        assert_close(&stats[2 * r..][..2], &[top, total], 1e-5);
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_number_stays_visible_and_nothing_seen_gives_zeros() {
        let run = |x: [f32; 5]| {
            let mut y = [7.0; 5];
            // SAFETY: five floats.
            unsafe { softmax(1, 5, x.as_ptr(), y.as_mut_ptr(), 1.0, 1, 5, core::ptr::null_mut()) };
            y
        };
        for at in 0..5 {
            let mut x = [0.0; 5];
            x[at] = f32::NAN;
            assert!(run(x).iter().all(|y| y.is_nan()));
            x[at] = f32::NEG_INFINITY;
            assert_eq!(run(x)[at], 0.0);
        }
        assert_eq!(run([f32::NEG_INFINITY; 5]), [0.0; 5]);
        assert_eq!(run([1e38, 1e38, -1e38, -1e38, -1e38]), [0.5, 0.5, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn the_gradient_is_its_formula() {
        let mut random = Random(4);
        for n in LENGTHS {
            let (y, dy, mut dx) = (random.numbers(2 * n, 1.0), random.numbers(2 * n, 1.0), vec![f32::NAN; 2 * n]);
            // SAFETY: two rows of n.
            unsafe { softmax_backward(2, n, y.as_ptr(), dy.as_ptr(), dx.as_mut_ptr(), 0.25) };
            for r in 0..2 {
                let (y, dy) = (wide(&y[r * n..][..n]), wide(&dy[r * n..][..n]));
                let dot: f64 = y.iter().zip(&dy).map(|(y, dy)| y * dy).sum();
                let expected: Vec<f64> = y.iter().zip(&dy).map(|(y, dy)| y * (dy - dot) * 0.25).collect();
                assert_close(&dx[r * n..][..n], &expected, 1e-5);
            }
        }
    }
}
