//! Matrix products: C ← A·B, packed and register-tiled; and the choice among the ways to compute one.

mod block;
mod ceiling;
mod dot;
mod few;
mod grouped;
mod matrix;
#[cfg(test)]
mod oracle;
mod pack;
mod row;
mod tile;

pub use block::SCRATCH;
pub use few::FEW;
pub use matrix::{Matrix, Output};

/// C ← A·B, or C ← C + A·B where `accumulate` is not 0, for each of `batch` products.
/// A is m×k, B is k×n, C is m×n with contiguous rows. Strides count elements; those of A and B may be 0 or negative.
///
/// # Safety
/// All elements of A and B readable, those of C writable; `scratch` writable for `scratch_bytes()`, aligned to 16 and
/// apart from the three; C overlaps neither A nor B.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matmul(
    m: usize, k: usize, n: usize, batch: usize,
    a: *const f32, a_row: isize, a_col: isize, a_batch: isize,
    b: *const f32, b_row: isize, b_col: isize, b_batch: isize,
    c: *mut f32, c_row: isize, c_batch: isize,
    accumulate: i32, scratch: *mut f32,
) {
    for t in 0..batch as isize {
        let a = Matrix { start: a.wrapping_offset(t * a_batch), row: a_row, col: a_col };
        let b = Matrix { start: b.wrapping_offset(t * b_batch), row: b_row, col: b_col };
        let c = Output { start: c.wrapping_offset(t * c_batch), row: c_row };
        // SAFETY: the caller's promise, for product t.
        unsafe { multiply(m, k, n, a, b, c, accumulate != 0, scratch) }
    }
}

/// One product, in the way that its sizes ask for.
///
/// # Safety
/// As `block::multiply`.
#[inline(never)]
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
pub unsafe fn multiply(
    m: usize, k: usize, n: usize, a: Matrix, b: Matrix, c: Output, accumulate: bool, scratch: *mut f32,
) {
    if m == 0 || n == 0 {
        return;
    }
    // SAFETY: the caller's promise; `dot` and `few` get the strides that they ask for.
    unsafe {
        if m <= dot::ROWS && a.col == 1 && b.row == 1 {
            dot::multiply(m, k, n, a, b, c, accumulate, scratch);
        } else if m == 1 && b.col == 1 && n >= row::LONG && n % 4 == 0 {
            row::multiply(k, n, a, b, c, accumulate);
        } else if m <= few::FEW && b.col == 1 {
            few::multiply(m, k, n, a, b, c, accumulate, scratch);
        } else {
            block::multiply(m, k, n, a, b, c, accumulate, scratch);
        }
    }
}
