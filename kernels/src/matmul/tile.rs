//! The register tile: C ← A·B (or C ← C + A·B) for a block of C so small that it stays in registers.
//!
//! ```text
//! sums[R][V] ← 0
//! for p in 0..k:
//!   row[0..V]  ← step p of the B panel              V loads of four floats
//!   for i in 0..R:
//!     x        ← step p, lane i of the A panel      1 broadcast
//!     sums[i]  ← sums[i] + x·row                    V multiply-adds
//! C ← sums, or C + sums
//! ```
//!
//! V8 has 15 vector registers. A fused multiply-add needs 6·2 sums + 2 of B + 1 of A = 15 of them; a
//! multiplication and an addition need one more for the product, so the plain build takes fewer rows.

use crate::lanes::Lanes;
use crate::matmul::matrix::Output;

/// Most rows of a tile.
pub const ROWS: usize = if cfg!(target_feature = "relaxed-simd") { 6 } else { 5 };
/// Columns of a tile of packed operands: two vectors of four.
pub const COLS: usize = 8;

/// Rows of each tile where `m` are to do: no more tiles than needed, but even ones, since a last tile of one row idles.
#[inline(always)]
pub fn even_rows(m: usize) -> usize {
    m.div_ceil(m.div_ceil(ROWS))
}

/// A tile of `rows` ≤ ROWS by `cols`: COLS; or 16 for 2 rows, or 32 for 1 row. A is packed, `rows` lanes a step; step p of
/// B is at `b + p·b_step`, in a packed panel or where it lies.
///
/// # Safety
/// `a` readable for `rows·k` floats, `b` for `cols` floats at each of `k` steps; `c` writable for `rows` rows of `cols`.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub unsafe fn tile(
    rows: usize,
    cols: usize,
    k: usize,
    a: *const f32,
    b: *const f32,
    b_step: usize,
    c: Output,
    add: bool,
) {
    // SAFETY: the caller's promise; R = rows and 4·V = cols in each call.
    unsafe {
        match (rows, cols) {
            (1, 32) => sums::<1, 8>(k, a, b, b_step, c, add),
            (2, 16) => sums::<2, 4>(k, a, b, b_step, c, add),
            (1, _) => sums::<1, 2>(k, a, b, b_step, c, add),
            (2, _) => sums::<2, 2>(k, a, b, b_step, c, add),
            (3, _) => sums::<3, 2>(k, a, b, b_step, c, add),
            (4, _) => sums::<4, 2>(k, a, b, b_step, c, add),
            (5, _) => sums::<5, 2>(k, a, b, b_step, c, add),
            (_, _) => sums::<ROWS, 2>(k, a, b, b_step, c, add),
        }
    }
}

/// The loop of the pseudocode above, for R rows and 4·V columns.
///
/// What looks clumsy is measured: V8 must keep the order of the multiply-adds, or it runs out of registers and is half as
/// fast. Two steps an iteration make LLVM (and an exit between them, V8 of Node 20 and 22) move the loads to the top; so
/// does one loop of stores that asks for `add` inside.
#[inline(never)]
unsafe fn sums<const R: usize, const V: usize>(
    k: usize,
    a: *const f32,
    b: *const f32,
    b_step: usize,
    c: Output,
    add: bool,
) {
    // SAFETY: `tile`'s promise: R lanes of A and 4·V of B in each of k steps, and C's R rows.
    unsafe {
        let mut sums = [[Lanes::zero(); V]; R];
        let (mut a, mut b) = (a, b);
        for _ in 0..k {
            multiply_add(&mut sums, a, b);
            a = a.add(R);
            b = b.add(b_step);
        }
        if add {
            for (i, sum) in sums.iter().enumerate() {
                for (v, &lanes) in sum.iter().enumerate() {
                    let to = c.from(i, 4 * v).start;
                    Lanes::load(to).add(lanes).store(to);
                }
            }
        } else {
            for (i, sum) in sums.iter().enumerate() {
                for (v, &lanes) in sum.iter().enumerate() {
                    lanes.store(c.from(i, 4 * v).start);
                }
            }
        }
    }
}

/// One step: sums[i][v] ← sums[i][v] + a[i]·b[4v..4v+4].
///
/// # Safety
/// `a` readable for R floats, `b` for 4·V.
#[inline(always)]
unsafe fn multiply_add<const R: usize, const V: usize>(sums: &mut [[Lanes; V]; R], a: *const f32, b: *const f32) {
    // SAFETY: the caller's promise.
    unsafe {
        let row: [Lanes; V] = core::array::from_fn(|v| Lanes::load(b.add(4 * v)));
        for (i, sum) in sums.iter_mut().enumerate() {
            let x = Lanes::broadcast(a.add(i));
            for v in 0..V {
                sum[v] = sum[v].mul_add(x, row[v]);
            }
        }
    }
}
