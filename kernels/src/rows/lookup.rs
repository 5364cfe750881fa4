//! Looking rows up by index, and the opposite: adding rows back to where they came from. An embedding and its gradient;
//! tokens on their way to experts and home.

use super::each::{each1, each2};
use crate::lanes::Lanes;

/// to[i] ← from[index[i]] for `m` rows of `d`.
///
/// # Safety
/// Every index names a row of `from`; `to` writable for m·d floats and apart from it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gather_rows(m: usize, d: usize, from: *const f32, index: *const u32, to: *mut f32) {
    for i in 0..m {
        // SAFETY: the caller's promise for row i.
        unsafe { each1(d, from.add(*index.add(i) as usize * d), to.add(i * d), |x| x) }
    }
}

/// to[index[i]] ← to[index[i]] + alpha·from[i] for `m` rows of `d`; rows that are named twice add up.
///
/// # Safety
/// Every index names a row of `to`; `from` readable for m·d floats and apart from it.
#[rustfmt::skip]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scatter_add_rows(
    m: usize, d: usize, from: *const f32, index: *const u32, alpha: f32, to: *mut f32,
) {
    let alpha = Lanes::splat(alpha);
    for i in 0..m {
        // SAFETY: the caller's promise for row i.
        unsafe {
            let row = to.add(*index.add(i) as usize * d);
            each2(d, row, from.add(i * d), row, |sum, x| sum.add(alpha.mul(x)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LENGTHS, Random};

    #[test]
    fn rows_are_found_and_added_back() {
        let mut random = Random(10);
        for d in LENGTHS {
            let table = random.numbers(5 * d, 1.0);
            let index: Vec<u32> = (0..8).map(|_| random.below(5) as u32).collect();
            let mut picked = vec![f32::NAN; 8 * d];
            let mut sums = vec![0.25; 5 * d];
            // SAFETY: five rows in the table, eight picked.
            unsafe {
                gather_rows(8, d, table.as_ptr(), index.as_ptr(), picked.as_mut_ptr());
                scatter_add_rows(8, d, picked.as_ptr(), index.as_ptr(), 2.0, sums.as_mut_ptr());
            }
            for (i, &row) in index.iter().enumerate() {
                assert_eq!(picked[i * d..][..d], table[row as usize * d..][..d]);
            }
            for row in 0..5 {
                let count = index.iter().filter(|&&i| i as usize == row).count() as f32;
                for j in 0..d {
                    assert!((sums[row * d + j] - (0.25 + 2.0 * count * table[row * d + j])).abs() < 1e-5);
                }
            }
        }
    }
}
