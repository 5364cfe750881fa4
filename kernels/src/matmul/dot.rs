//! One to six rows times a transposed B: dot products. Both operands are contiguous along k, so vectors run along k,
//! nothing is packed, and B is read in its own order (decoding with an output layer of shape [V, D] is this).
//!
//! ```text
//! 1  for j in 0..n  step 4:                     columns of C: rows of the transposed B
//! 2    for i in 0..m  step 2:                   two rows of A, or the last one
//! 3      for p in 0..k  step 4:
//!          sums[i][c] ← sums[i][c] + A[i, p..p+4]·B[p..p+4, j+c]      one vector each, c < 4
//!        C[i, j..j+4] ← the four lanes of each sums[i][..], added up
//! ```
//!
//! Two rows: their 8 sums, 4 columns and 1 row fit 15 registers. Three do not, and took longer than two and one.
//! What is left of k and of n, at most 3 each, goes the ordinary way.

use crate::lanes::Lanes;
use crate::matmul::block;
use crate::matmul::matrix::{Matrix, Output};

/// At most this many rows are computed as dot products.
pub const ROWS: usize = 6;

/// C ← A·B, or C ← C + A·B with `accumulate`, for 1 ≤ m ≤ ROWS, contiguous rows of A and contiguous columns of B.
///
/// # Safety
/// As `block::multiply`; `a.col` and `b.row` are 1.
#[allow(clippy::too_many_arguments)]
pub unsafe fn multiply(
    m: usize,
    k: usize,
    n: usize,
    a: Matrix,
    b: Matrix,
    c: Output,
    accumulate: bool,
    scratch: *mut f32,
) {
    let (k4, n4) = (k / 4 * 4, n / 4 * 4);
    // SAFETY: the three parts lie inside the matrices, and R rows in A and C.
    unsafe {
        for j in (0..n4).step_by(4) {
            let (from, to) = (b.from(0, j), c.from(0, j));
            for i in (0..m).step_by(2) {
                let (a, to) = (a.from(i, 0), to.from(i, 0));
                if i + 1 < m {
                    dots::<2>(k4, a, from, to, accumulate);
                } else {
                    dots::<1>(k4, a, from, to, accumulate);
                }
            }
        }
        if k4 < k {
            block::multiply(m, k - k4, n4, a.from(0, k4), b.from(k4, 0), c, true, scratch);
        }
        if n4 < n {
            block::multiply(m, k, n - n4, a, b.from(0, n4), c.from(0, n4), accumulate, scratch);
        }
    }
}

/// R rows of four dot products each.
///
/// # Safety
/// As `multiply`, for R rows and 4 columns; `k` is a multiple of 4.
#[inline(never)]
unsafe fn dots<const R: usize>(k: usize, a: Matrix, b: Matrix, c: Output, add: bool) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [[Lanes::zero(); 4]; R];
        for p in (0..k).step_by(4) {
            let columns = [0, 1, 2, 3].map(|j| Lanes::load(b.from(p, j).start));
            for (i, sum) in sums.iter_mut().enumerate() {
                let x = Lanes::load(a.from(i, p).start);
                for j in 0..4 {
                    sum[j] = sum[j].mul_add(x, columns[j]);
                }
            }
        }
        for (i, &sum) in sums.iter().enumerate() {
            let [s0, s1, s2, s3] = Lanes::transpose(sum);
            let total = s0.add(s1).add(s2.add(s3));
            let to = c.from(i, 0).start;
            if add { Lanes::load(to).add(total).store(to) } else { total.store(to) }
        }
    }
}
