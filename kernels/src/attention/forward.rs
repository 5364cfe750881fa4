//! Forward, a block of queries at a time:
//!
//! ```text
//! n      ← keys that the block's last query sees
//! scores ← q kᵀ                           block × n, in scratch memory
//! each row: softmax of what its query sees, 0 for the rest; its largest and its total are kept
//! y      ← scores·v
//! ```

use super::{Head, fill, finite, scores, stride};
use crate::matmul::{Matrix, Output, multiply};
use crate::rows::softmax_row;

/// y = softmax(q kᵀ · scale) v; returns the FLOPs of its products. Rows are contiguous: `queries` of q with `size` numbers and
/// of y with `value_size`, `keys` of k and v. The scale is above 0. Query t sees the keys up to t + ahead, the last one all: where it sees none, or nothing but −∞, y
/// is 0. What it does not see changes nothing, were it a NaN. Where `stats` is not null, row t's largest scaled score and the
/// sum of its exponentials go to stats[2 t] and stats[2 t + 1].
///
/// # Safety
/// All readable or writable in these sizes; at most `attention_keys()` keys; `scratch` writable for `scratch_bytes()`.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn attention(
    queries: usize, keys: usize, size: usize, value_size: usize, scale: f32, ahead: isize,
    q: *const f32, q_row: isize, k: *const f32, k_row: isize, v: *const f32, v_row: isize,
    y: *mut f32, y_row: isize, stats: *mut f32, scratch: *mut f32,
) -> f64 {
    let [q, k, v] = [(q, q_row), (k, k_row), (v, v_row)].map(|(start, row)| Matrix { start, row, col: 1 });
    let head = Head { queries, keys, size, value_size, scale, ahead, q, k, v, scratch };
    let y = Output { start: y, row: y_row };
    head.blocks(
        // SAFETY: the caller's promise.
        |_, _, low, high| unsafe { finite(v.from(low, 0), high - low, value_size) },
        // SAFETY: as above.
        |first, rows| unsafe { head.forward(first, rows, y.from(first, 0), stats) },
    )
}

impl Head {
    /// The queries `first` to first + rows; returns FLOPs.
    ///
    /// # Safety
    /// As `attention`; `rows` rows of scores fit.
    #[inline(never)]
    unsafe fn forward(&self, first: usize, rows: usize, y: Output, stats: *mut f32) -> f64 {
        let n = self.seen(first + rows - 1);
        let p = scores(self.scratch, n, 0);
        // SAFETY: rows of whole vectors lie inside the scratch memory behind the products'.
        unsafe {
            multiply(rows, self.size, n, self.q.from(first, 0), self.k.transposed(), p, false, self.scratch);
            for i in 0..rows {
                let (row, seen) = (p.from(i, 0).start, self.seen(first + i));
                // Softmax takes whole vectors: what fills the last one weighs nothing.
                fill(row, seen, stride(seen), f32::NEG_INFINITY);
                let (top, total) = softmax_row(stride(seen), row, row, self.scale);
                fill(row, seen, n, 0.0);
                if !stats.is_null() {
                    *stats.add(2 * (first + i)) = top;
                    *stats.add(2 * (first + i) + 1) = total;
                }
            }
            multiply(rows, n, self.value_size, p.read(), self.v, y, false, self.scratch);
        }
        2.0 * (rows * n * (self.size + self.value_size)) as f64
    }
}
