//! The way back, a block of queries at a time. With P the weights and dP their gradient,
//!
//! ```text
//! for each batch row and head, for each block of queries, from the last:
//!   P  ← softmax(q kᵀ · scale)              from the largest and the total that the way forward kept
//!   dP ← dy vᵀ
//!   dv ← dv + Pᵀ dy
//!   dS ← P (dP − Σ P dP) · scale            row by row, in place of dP
//!   dq ← dS k
//!   dk ← dk + dSᵀ q
//! ```
//!
//! The last block sees all keys, so it writes dk and dv, and the others add. Query heads that share keys add, too.

use super::{Apart, Heads, SCORES, Sizes, fill, finite, for_each_block, stride};
use crate::matmul::{Matrix, Output, SCRATCH, multiply};
use crate::rows::{softmax_again, softmax_backward_row};

/// Gradients of `attention`; returns the FLOPs of the products. `dy` is [B, H, T, V] with contiguous rows; dq, dk and dv have the
/// shapes of q, k and v and lie as [B, T, H, K] (and so on). Null for what is not wanted.
///
/// # Safety
/// As `attention`; `stats` as it wrote them; at least one query.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn attention_backward(
    batch: usize, groups: usize, shared: usize, queries: usize, keys: usize, size: usize, value_size: usize,
    scale: f32, ahead: isize,
    q: *const f32, q_batch: isize, q_head: isize, q_row: isize,
    k: *const f32, k_batch: isize, k_head: isize, k_row: isize,
    v: *const f32, v_batch: isize, v_head: isize, v_row: isize,
    dy: *const f32, dy_batch: isize, dy_head: isize, dy_row: isize,
    stats: *const f32, dq: *mut f32, dk: *mut f32, dv: *mut f32, scratch: *mut f32,
) -> f64 {
    let sizes = Sizes { keys, size, value_size, scale, ahead };
    let heads = groups * shared;
    let q = Heads { start: q, batch: q_batch, head: q_head, row: q_row };
    let k = Heads { start: k, batch: k_batch, head: k_head, row: k_row };
    let v = Heads { start: v, batch: v_batch, head: v_head, row: v_row };
    let dy = Heads { start: dy, batch: dy_batch, head: dy_head, row: dy_row };
    let dq = Apart { start: dq, heads, rows: queries, size };
    let dk = Apart { start: dk, heads: groups, rows: keys, size };
    let dv = Apart { start: dv, heads: groups, rows: keys, size: value_size };
    let mut flops = 0.0;
    for b in 0..batch {
        for g in 0..groups {
            let (k, v) = (k.rows(b, g, 0), v.rows(b, g, 0));
            let mut head = Head { sizes, k, v, dk: dk.wanted(b, g, 0), dv: dv.wanted(b, g, 0), adds: false, scratch };
            for h in g * shared..(g + 1) * shared {
                // SAFETY: the caller's promise for blocks of one head.
                let mut block = |first: usize, rows: usize| unsafe {
                    let kept = stats.add(2 * ((b * heads + h) * queries + first));
                    let (q, dy, dq) = (q.rows(b, h, first), dy.rows(b, h, first), dq.wanted(b, h, first));
                    flops += head.block(first, rows, q, dy, kept, dq);
                };
                for_each_block(queries, sizes.block(), |first, rows| {
                    let (low, high) = (sizes.seen(first), sizes.seen(first + rows - 1));
                    // As in the way forward: a 0 hides no NaN, so what meets one goes row by row.
                    // SAFETY: the caller's promise for rows of k, q and dy.
                    let clean = low == high
                        || unsafe {
                            finite(k.from(low, 0), high - low, size)
                                && finite(q.rows(b, h, first), rows, size)
                                && finite(dy.rows(b, h, first), rows, value_size)
                        };
                    if clean {
                        block(first, rows);
                    } else {
                        (first..first + rows).rev().for_each(|t| block(t, 1));
                    }
                });
            }
        }
    }
    flops
}

struct Head {
    sizes: Sizes,
    k: Matrix,
    v: Matrix,
    dk: Option<Output>,
    dv: Option<Output>,
    /// Whether dk and dv hold something already.
    adds: bool,
    scratch: *mut f32,
}

impl Head {
    /// The queries `first` to first + rows; returns FLOPs.
    ///
    /// # Safety
    /// As `attention_backward`.
    #[inline(never)]
    unsafe fn block(
        &mut self,
        first: usize,
        rows: usize,
        q: Matrix,
        dy: Matrix,
        stats: *const f32,
        dq: Option<Output>,
    ) -> f64 {
        let Sizes { size, value_size, scale, .. } = self.sizes;
        let n = self.sizes.seen(first + rows - 1);
        let width = stride(n);
        debug_assert!(rows * width <= SCORES);
        let mut depth = size;
        // SAFETY: rows of whole vectors lie inside the scratch memory behind the products'.
        unsafe {
            let p = Output { start: self.scratch.add(SCRATCH), row: width as isize };
            multiply(rows, size, n, q, self.k.transposed(), p, false, self.scratch);
            for i in 0..rows {
                let seen = self.sizes.seen(first + i);
                let row = p.from(i, 0).start;
                fill(row, seen, stride(seen), f32::NEG_INFINITY);
                softmax_again(stride(seen), row, row, scale, *stats.add(2 * i), *stats.add(2 * i + 1));
                fill(row, stride(seen), width, 0.0);
            }
            if let Some(dv) = self.dv {
                multiply(n, rows, value_size, p.read().transposed(), dy, dv, self.adds, self.scratch);
                depth += value_size;
            }
            if dq.is_some() || self.dk.is_some() {
                let ds = Output { start: p.start.add(SCORES), row: width as isize };
                multiply(rows, value_size, n, dy, self.v.transposed(), ds, false, self.scratch);
                for i in 0..rows {
                    let seen = self.sizes.seen(first + i);
                    let (p, ds) = (p.from(i, 0).start, ds.from(i, 0).start);
                    fill(ds, seen, stride(seen), 0.0);
                    softmax_backward_row(stride(seen), p, ds, ds, scale);
                    fill(ds, seen, width, 0.0);
                }
                depth += value_size;
                if let Some(dq) = dq {
                    multiply(rows, n, size, ds.read(), self.k, dq, false, self.scratch);
                    depth += size;
                }
                if let Some(dk) = self.dk {
                    multiply(n, rows, size, ds.read().transposed(), q, dk, self.adds, self.scratch);
                    depth += size;
                }
            }
        }
        self.adds = true;
        2.0 * (rows * n * depth) as f64
    }
}
