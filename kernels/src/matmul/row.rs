//! One row times B, as decoding one token asks for: each element of B is used once, so all that counts is how fast B is read.
//! Its rows are read from their beginning to their end, four at a time, and added up in C, which stays in the first-level
//! cache.
//!
//! ```text
//! for p in 0..k  step 4:
//!   for j in 0..n  step 4:
//!     C[j..j+4] ← C[j..j+4] + A[p]·B[p, j..j+4] + … + A[p+3]·B[p+3, j..j+4]
//! ```

use crate::lanes::Lanes;
use crate::matmul::matrix::{Matrix, Output};

/// From this many columns on: a shorter row is read as fast by tiles (`few.rs`), which keep their sums in registers.
pub const LONG: usize = 256;
/// Rows of B at a time.
const STEPS: usize = 4;

/// C ← A·B, or C ← C + A·B with `accumulate`, for one row, and a B of contiguous rows with n a multiple of 4.
///
/// # Safety
/// As `block::multiply` for m = 1; `b.col` is 1.
#[inline(never)]
pub unsafe fn multiply(k: usize, n: usize, a: Matrix, b: Matrix, c: Output, accumulate: bool) {
    // SAFETY: steps p to p + R of B and A are inside k.
    unsafe {
        if !accumulate {
            for j in (0..n).step_by(4) {
                Lanes::zero().store(c.from(0, j).start);
            }
        }
        let whole = k / STEPS * STEPS;
        for p in (0..whole).step_by(STEPS) {
            add_rows::<STEPS>(n, a.from(0, p), b.from(p, 0), c);
        }
        for p in whole..k {
            add_rows::<1>(n, a.from(0, p), b.from(p, 0), c);
        }
    }
}

/// C ← C + A·B for R steps of k.
#[inline(always)]
unsafe fn add_rows<const R: usize>(n: usize, a: Matrix, b: Matrix, c: Output) {
    // SAFETY: as `multiply`.
    unsafe {
        let x: [Lanes; R] = core::array::from_fn(|p| Lanes::broadcast(a.from(0, p).start));
        let row: [*const f32; R] = core::array::from_fn(|p| b.from(p, 0).start);
        for j in (0..n).step_by(4) {
            let to = c.from(0, j).start;
            let mut sum = Lanes::load(to);
            for p in 0..R {
                sum = sum.mul_add(x[p], Lanes::load(row[p].add(j)));
            }
            sum.store(to);
        }
    }
}
