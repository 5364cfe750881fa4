//! One product for each group of rows: what the experts of a mixture compute. Group e has the rows starts[e] to
//! starts[e + 1] of the sorted rows, and a matrix of its own. One call for all groups.

use super::matrix::{Matrix, Output};
use super::multiply;

/// Rows of each group times its matrix: C[rows of e] ← A[rows of e]·Bₑ, or C + that where `accumulate` is not 0.
/// A has contiguous rows of k, C of n; Bₑ is k×n at `b + e·b_group`.
///
/// # Safety
/// `starts` readable for groups + 1 rising numbers from 0 on; A, B and C as `matmul` for that many rows and groups.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grouped_rows(
    groups: usize, starts: *const u32, k: usize, n: usize,
    a: *const f32, b: *const f32, b_row: isize, b_col: isize, b_group: usize,
    c: *mut f32, accumulate: i32, scratch: *mut f32,
) {
    for e in 0..groups {
        // SAFETY: the caller's promise: the rows of group e and its matrix.
        unsafe {
            let (first, end) = (*starts.add(e) as usize, *starts.add(e + 1) as usize);
            let a = Matrix { start: a.add(first * k), row: k as isize, col: 1 };
            let b = Matrix { start: b.add(e * b_group), row: b_row, col: b_col };
            let c = Output { start: c.add(first * n), row: n as isize };
            multiply(end - first, k, n, a, b, c, accumulate != 0, scratch);
        }
    }
}

/// The matrix of each group from its rows: Cₑ ← A[rows of e]ᵀ·B[rows of e], zeros where a group has none.
/// A has contiguous rows of m, B of n; Cₑ is m×n at `c + e·m·n`.
///
/// # Safety
/// As `grouped_rows`.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grouped_outer(
    groups: usize, starts: *const u32, m: usize, n: usize,
    a: *const f32, b: *const f32, c: *mut f32, scratch: *mut f32,
) {
    for e in 0..groups {
        // SAFETY: the caller's promise: the rows of group e and its matrix.
        unsafe {
            let (first, end) = (*starts.add(e) as usize, *starts.add(e + 1) as usize);
            let a = Matrix { start: a.add(first * m), row: 1, col: m as isize };
            let b = Matrix { start: b.add(first * n), row: n as isize, col: 1 };
            let c = Output { start: c.add(e * m * n), row: n as isize };
            multiply(m, end - first, n, a, b, c, false, scratch);
        }
    }
}
