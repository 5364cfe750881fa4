//! Sums down the columns of a matrix of rows, in f64: gradients of a bias, of a norm's weight, of an operand that repeated.

/// Columns summed at a time: a cache line.
const STRIP: usize = 16;

/// yⱼ ← Σᵢ x[i, j].
///
/// # Safety
/// `x` readable for rows·d floats, `y` writable for d.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn column_sums(rows: usize, d: usize, x: *const f32, y: *mut f32) {
    // SAFETY: the caller's promise.
    unsafe { strips(rows, d, y, |at| f64::from(*x.add(at))) }
}

/// yⱼ ← Σᵢ a[i, j]·b[i, j].
///
/// # Safety
/// `a` and `b` readable for rows·d floats, `y` writable for d.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn column_dots(rows: usize, d: usize, a: *const f32, b: *const f32, y: *mut f32) {
    // SAFETY: the caller's promise.
    unsafe { strips(rows, d, y, |at| f64::from(*a.add(at)) * f64::from(*b.add(at))) }
}

/// # Safety
/// `term` may be asked for all of rows·d places; `y` writable for d floats.
#[inline(always)]
unsafe fn strips(rows: usize, d: usize, y: *mut f32, term: impl Fn(usize) -> f64) {
    let mut j = 0;
    // SAFETY: columns below d.
    unsafe {
        while j + STRIP <= d {
            strip::<STRIP>(rows, d, j, y, &term);
            j += STRIP;
        }
        while j < d {
            strip::<1>(rows, d, j, y, &term);
            j += 1;
        }
    }
}

/// # Safety
/// As `strips`, for the columns j to j + W.
#[inline(always)]
unsafe fn strip<const W: usize>(rows: usize, d: usize, j: usize, y: *mut f32, term: &impl Fn(usize) -> f64) {
    let mut sums = [0.0; W];
    for i in 0..rows {
        for (w, sum) in sums.iter_mut().enumerate() {
            *sum += term(i * d + j + w);
        }
    }
    for (w, sum) in sums.into_iter().enumerate() {
        // SAFETY: the caller's promise.
        unsafe { *y.add(j + w) = sum as f32 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LENGTHS, Random, assert_close, wide};

    #[test]
    fn columns_are_their_definition() {
        let mut random = Random(7);
        for d in LENGTHS {
            for rows in [0, 1, 9] {
                let (a, b) = (random.numbers(rows * d, 1.0), random.numbers(rows * d, 1.0));
                let [mut sums, mut dots] = [0; 2].map(|_| vec![f32::NAN; d]);
                // SAFETY: rows·d and d floats.
                unsafe {
                    column_sums(rows, d, a.as_ptr(), sums.as_mut_ptr());
                    column_dots(rows, d, a.as_ptr(), b.as_ptr(), dots.as_mut_ptr());
                }
                let (a, b) = (wide(&a), wide(&b));
                let column = |f: &dyn Fn(usize) -> f64| -> Vec<f64> {
                    (0..d).map(|j| (0..rows).map(|i| f(i * d + j)).sum()).collect()
                };
                assert_close(&sums, &column(&|at| a[at]), 1e-6);
                assert_close(&dots, &column(&|at| a[at] * b[at]), 1e-6);
            }
        }
    }

    #[test]
    fn many_small_numbers_are_not_lost_beside_a_large_one() {
        let mut x = vec![1e-8f32; 100_001];
        x[0] = 1.0;
        let mut y = f32::NAN;
        // SAFETY: one column.
        unsafe { column_sums(x.len(), 1, x.as_ptr(), &mut y) };
        assert!((y - 1.001).abs() < 1e-6);
    }
}
