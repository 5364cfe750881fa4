//! Forward, a block of queries at a time:
//!
//! ```text
//! for each batch row and head, for each block of queries:
//!   n      ← keys that the block's last query sees
//!   scores ← q kᵀ                           block × n, in scratch memory
//!   each row: softmax of what its query sees, 0 for the rest; its largest and its total are kept
//!   y      ← scores·v
//! ```

use super::{Apart, Heads, SCORES, Sizes, fill, finite, for_each_block, stride};
use crate::matmul::{Matrix, Output, SCRATCH, multiply};
use crate::rows::softmax_row;

/// y = softmax(q kᵀ · scale) v; returns the FLOPs of its products. q [B, H, T, K], k and v [B, G, S, K] and [B, G, S, V],
/// with contiguous rows, H = G · `shared`; y [B, H, T, V] lies as [B, T, H, V]. Query t sees the keys up to t + ahead: where it sees none, or
/// nothing but −∞, y is 0. What it does not see changes nothing, were it a NaN. Where `stats` is not null, row t's largest
/// scaled score and the sum of its exponentials go to stats[b, h, t, 0] and 1.
///
/// # Safety
/// All readable or writable in these shapes; s ≤ `attention_keys()`; `scratch` as for `matmul`.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn attention(
    batch: usize, groups: usize, shared: usize, queries: usize, keys: usize, size: usize, value_size: usize,
    scale: f32, ahead: isize,
    q: *const f32, q_batch: isize, q_head: isize, q_row: isize,
    k: *const f32, k_batch: isize, k_head: isize, k_row: isize,
    v: *const f32, v_batch: isize, v_head: isize, v_row: isize,
    y: *mut f32, stats: *mut f32, scratch: *mut f32,
) -> f64 {
    let sizes = Sizes { keys, size, value_size, scale, ahead };
    let heads = groups * shared;
    let q = Heads { start: q, batch: q_batch, head: q_head, row: q_row };
    let k = Heads { start: k, batch: k_batch, head: k_head, row: k_row };
    let v = Heads { start: v, batch: v_batch, head: v_head, row: v_row };
    let y = Apart { start: y, heads, rows: queries, size: value_size };
    let mut flops = 0.0;
    for b in 0..batch {
        for h in 0..heads {
            let g = h.checked_div(shared).unwrap_or(0);
            let head = Head { sizes, k: k.rows(b, g, 0), v: v.rows(b, g, 0), scratch };
            // SAFETY: the caller's promise for blocks of one head.
            let mut block = |first: usize, rows: usize| unsafe {
                let kept = if stats.is_null() { stats } else { stats.add(2 * ((b * heads + h) * queries + first)) };
                flops += head.block(first, rows, q.rows(b, h, first), y.rows(b, h, first), kept);
            };
            for_each_block(queries, sizes.block(), |first, rows| {
                let (low, high) = (sizes.seen(first), sizes.seen(first + rows - 1));
                // A weight of 0 hides no NaN: where there is one among the values that only some rows see, row by row.
                // SAFETY: the caller's promise for rows of v.
                if unsafe { finite(head.v.from(low, 0), high - low, value_size) } {
                    block(first, rows);
                } else {
                    (first..first + rows).for_each(|t| block(t, 1));
                }
            });
        }
    }
    flops
}

struct Head {
    sizes: Sizes,
    k: Matrix,
    v: Matrix,
    scratch: *mut f32,
}

impl Head {
    /// The queries `first` to first + rows; returns FLOPs.
    ///
    /// # Safety
    /// As `attention`.
    #[inline(never)]
    unsafe fn block(&self, first: usize, rows: usize, q: Matrix, y: Output, stats: *mut f32) -> f64 {
        let Sizes { size, value_size, scale, .. } = self.sizes;
        let n = self.sizes.seen(first + rows - 1);
        let width = stride(n);
        debug_assert!(rows * width <= SCORES);
        // SAFETY: rows of whole vectors lie inside the scratch memory behind the products'.
        unsafe {
            let scores = Output { start: self.scratch.add(SCRATCH), row: width as isize };
            multiply(rows, size, n, q, self.k.transposed(), scores, false, self.scratch);
            for i in 0..rows {
                let seen = self.sizes.seen(first + i);
                let row = scores.from(i, 0).start;
                fill(row, seen, stride(seen), f32::NEG_INFINITY);
                let (top, total) = softmax_row(stride(seen), row, row, scale);
                fill(row, stride(seen), width, 0.0);
                if !stats.is_null() {
                    *stats.add(2 * i) = top;
                    *stats.add(2 * i + 1) = total;
                }
            }
            multiply(rows, n, value_size, scores.read(), self.v, y, false, self.scratch);
        }
        2.0 * (rows * n * (size + value_size)) as f64
    }
}
