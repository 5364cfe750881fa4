//! Few rows: a token or two at a time. Each element of B is used so seldom that packing it would cost more than the
//! product, so B is read where it lies (its rows must be contiguous), in tiles as wide as registers allow.
//!
//! ```text
//! 1  for p in 0..k  step KC:
//!      pack A[.., p..] into panels of ROWS rows
//! 2    for j in 0..n  step 32, 16 or 8; the rest is packed
//! 3      for each panel of A:                   the register tile
//! ```

use crate::matmul::block::KC;
use crate::matmul::matrix::{Matrix, Output};
use crate::matmul::pack::pack;
use crate::matmul::tile::{COLS, ROWS, even_rows, tile};

/// At most this many rows are few.
pub const FEW: usize = 4 * ROWS;

/// C ← A·B, or C ← C + A·B with `accumulate`, for m ≤ FEW and a B of contiguous rows.
///
/// # Safety
/// As `block::multiply`.
#[inline(never)]
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
    let wide = match m {
        1 => 32,
        2 => 16,
        _ => COLS,
    };
    // SAFETY: tiles lie inside C; B is read for whole vectors inside its rows, or else packed; panels lie inside scratch.
    unsafe {
        let packed_a = scratch;
        let packed_b = scratch.add(FEW * KC);
        let edge = Output { start: packed_b.add(COLS * KC), row: COLS as isize };
        let even = even_rows(m);
        for p in (0..k.max(1)).step_by(KC) {
            let kc = KC.min(k - p);
            let add = accumulate || p > 0;
            for i in (0..m).step_by(even) {
                let rows = even.min(m - i);
                pack(a.from(i, p), rows, kc, packed_a.add(i * kc), rows);
            }
            let mut j = 0;
            while j < n {
                let at = b.from(p, j);
                let left = n - j;
                if left < COLS {
                    pack(at.transposed(), left, kc, packed_b, COLS);
                }
                let cols = if left < wide { COLS } else { wide };
                for i in (0..m).step_by(even) {
                    let rows = even.min(m - i);
                    let pa = packed_a.add(i * kc);
                    if left < COLS {
                        tile(rows, COLS, kc, pa, packed_b, COLS, edge, false);
                        edge.copy_to(c.from(i, j), rows, left, add);
                    } else {
                        tile(rows, cols, kc, pa, at.start, b.row as usize, c.from(i, j), add);
                    }
                }
                j += cols;
            }
        }
    }
}
