//! Backward, a block of queries at a time, from the last. With P the weights and dP their gradient,
//!
//! ```text
//! P  ← softmax(q kᵀ · scale)              from the largest and the total that the forward pass kept
//! dP ← dy vᵀ
//! dv ← dv + Pᵀ dy
//! dS ← P (dP − Σ P dP) · scale            row by row, in place of dP
//! dq ← dS k
//! dk ← dk + dSᵀ q
//! ```
//!
//! The last block sees all keys, so it writes dk and dv, and the others add. Query heads that share keys add, too.

use super::{Head, fill, finite, scores, stride};
use crate::matmul::{Matrix, Output, multiply};
use crate::rows::{softmax_again, softmax_backward_row};

/// Gradients of `attention`; returns the FLOPs of the products. `dy` lies as y does; dq, dk and dv have the sizes of q, k and v,
/// and are null where they are not wanted. dk and dv are added to where `adds` is not 0, as heads that share keys do.
///
/// # Safety
/// As `attention`; `stats` as it wrote them; at least one query.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn attention_backward(
    queries: usize, keys: usize, size: usize, value_size: usize, scale: f32, ahead: isize,
    q: *const f32, q_row: isize, k: *const f32, k_row: isize, v: *const f32, v_row: isize,
    dy: *const f32, dy_row: isize, stats: *const f32,
    dq: *mut f32, dq_row: isize, dk: *mut f32, dk_row: isize, dv: *mut f32, dv_row: isize,
    adds: i32, scratch: *mut f32,
) -> f64 {
    let [q, k, v, dy] =
        [(q, q_row), (k, k_row), (v, v_row), (dy, dy_row)].map(|(start, row)| Matrix { start, row, col: 1 });
    let [dq, dk, dv] = [(dq, dq_row), (dk, dk_row), (dv, dv_row)].map(|(start, row)| Output { start, row });
    let head = Head { queries, keys, size, value_size, scale, ahead, q, k, v, scratch };
    let mut way = Back { head, dy, stats, dq, dk, dv, adds: adds != 0 };
    head.blocks(
        // SAFETY: the caller's promise.
        |first, rows, low, high| unsafe {
            finite(k.from(low, 0), high - low, size)
                && finite(q.from(first, 0), rows, size)
                && finite(dy.from(first, 0), rows, value_size)
        },
        // SAFETY: as above.
        |first, rows| unsafe { way.block(first, rows) },
    )
}

struct Back {
    head: Head,
    dy: Matrix,
    stats: *const f32,
    /// Null where not wanted.
    dq: Output,
    dk: Output,
    dv: Output,
    /// Whether dk and dv hold something already.
    adds: bool,
}

impl Back {
    /// The queries `first` to first + rows; returns FLOPs.
    ///
    /// # Safety
    /// As `attention_backward`; `rows` rows of scores fit.
    #[inline(never)]
    unsafe fn block(&mut self, first: usize, rows: usize) -> f64 {
        let Head { size, value_size, scale, q, k, v, scratch, .. } = self.head;
        let (q, dy) = (q.from(first, 0), self.dy.from(first, 0));
        let n = self.head.seen(first + rows - 1);
        let (p, ds) = (scores(scratch, n, 0), scores(scratch, n, 1));
        let [no_dq, no_dk, no_dv] = [self.dq, self.dk, self.dv].map(|x| x.start.is_null());
        let mut depth = size;
        // SAFETY: rows of whole vectors lie inside the scratch memory behind the products'.
        unsafe {
            multiply(rows, size, n, q, k.transposed(), p, false, scratch);
            for i in 0..rows {
                let (row, seen) = (p.from(i, 0).start, self.head.seen(first + i));
                let kept = self.stats.add(2 * (first + i));
                fill(row, seen, stride(seen), f32::NEG_INFINITY);
                softmax_again(stride(seen), row, row, scale, *kept, *kept.add(1));
                fill(row, seen, n, 0.0);
            }
            if !no_dv {
                multiply(n, rows, value_size, p.read().transposed(), dy, self.dv, self.adds, scratch);
                depth += value_size;
            }
            if !(no_dq && no_dk) {
                multiply(rows, value_size, n, dy, v.transposed(), ds, false, scratch);
                depth += value_size;
                for i in 0..rows {
                    let (p, row, seen) = (p.from(i, 0).start, ds.from(i, 0).start, self.head.seen(first + i));
                    fill(row, seen, stride(seen), 0.0);
                    softmax_backward_row(stride(seen), p, row, row, scale);
                    fill(row, seen, n, 0.0);
                }
            }
            if !no_dq {
                multiply(rows, n, size, ds.read(), k, self.dq.from(first, 0), false, scratch);
                depth += size;
            }
            if !no_dk {
                multiply(n, rows, size, ds.read().transposed(), q, self.dk, self.adds, scratch);
                depth += size;
            }
        }
        self.adds = true;
        2.0 * (rows * n * depth) as f64
    }
}
