//! The blocking: cuts C ← A·B into pieces whose packed operands stay in the caches.
//!
//! ```text
//! 1  for j in 0..n  step NC:                    columns of B and C
//! 2    for p in 0..k  step KC:                  the inner dimension; from the second on, add to C
//!        pack B[p.., j..] into panels of COLS columns          (KC·NC floats: L2)
//! 3      for i in 0..m  step MC:                rows of A and C
//!          pack A[i.., p..] into panels of ROWS rows           (MC·KC floats: L2)
//! 4        for each panel of B:                                (KC·COLS floats: L1)
//! 5          for each panel of A:               the register tile
//! ```
//!
//! Source: Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication".

use crate::matmul::matrix::{Matrix, Output};
use crate::matmul::pack::pack_panels;
use crate::matmul::tile::{COLS, ROWS, even_rows, tile};

/// Rows of A packed at a time.
pub const MC: usize = 16 * ROWS;
/// Depth packed at a time.
pub const KC: usize = 256;
/// Columns of B packed at a time.
pub const NC: usize = 256;
/// Floats of scratch memory: a packed block of A, one of B, and a tile for the right edge of C.
pub const SCRATCH: usize = MC * KC + KC * NC + ROWS * COLS;

/// C ← A·B, or C ← C + A·B with `accumulate`.
///
/// # Safety
/// `a` readable as m×k, `b` as k×n, `c` writable as m×n; `scratch` writable for SCRATCH floats and apart from all three.
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
    // SAFETY: every block lies inside its matrix; packed panels lie inside scratch.
    unsafe {
        let packed_b = scratch;
        let packed_a = scratch.add(KC * NC);
        let edge = Output { start: packed_a.add(MC * KC), row: COLS as isize };
        for j in (0..n).step_by(NC) {
            let nc = NC.min(n - j);
            // At least once: k = 0 has zeros to write.
            for p in (0..k.max(1)).step_by(KC) {
                let kc = KC.min(k - p);
                let add = accumulate || p > 0;
                pack_panels(b.from(p, j).transposed(), nc, kc, packed_b, COLS, true);
                for i in (0..m).step_by(MC) {
                    let mc = MC.min(m - i);
                    let even = even_rows(mc);
                    pack_panels(a.from(i, p), mc, kc, packed_a, even, false);
                    for jj in (0..nc).step_by(COLS) {
                        let pb = packed_b.add(jj * kc);
                        let cols = COLS.min(nc - jj);
                        for ii in (0..mc).step_by(even) {
                            let rows = even.min(mc - ii);
                            let pa = packed_a.add(ii * kc);
                            let to = c.from(i + ii, j + jj);
                            if cols == COLS {
                                tile(rows, COLS, kc, pa, pb, COLS, to, add);
                            } else {
                                tile(rows, COLS, kc, pa, pb, COLS, edge, false);
                                edge.copy_to(to, rows, cols, add);
                            }
                        }
                    }
                }
            }
        }
    }
}
