//! Attention of one head: y = softmax(q kᵀ · scale) v, and its gradients, without a matrix of all scores.
//!
//! A block of queries at a time (`forward.rs`, `backward.rs`): its rows of scores lie in scratch memory, become weights there,
//! and are used up before the next block. What a causal mask hides behind the block's last query is never computed. Of the
//! weights only two numbers a row are kept, softmax's largest and its total; the backward pass computes the scores again.
//!
//! A block has whole rows of scores, so no running maximum has to be corrected: a row of 32,768 keys still fits, and for
//! longer ones the caller multiplies and masks in separate steps.
//!
//! Source: Dao et al. 2022 (FlashAttention), §3.1 and appendix B, https://arxiv.org/abs/2205.14135

mod backward;
mod forward;
#[cfg(test)]
mod oracle;

use crate::lanes::Lanes;
use crate::matmul::{FEW, Matrix, Output};
use crate::rows::fold;

/// Queries of a block: so few that `few.rs` multiplies them by values and keys where those lie.
const BLOCK: usize = FEW;
/// Floats for a block's scores; the backward pass has a second such part for their gradients.
const SCORES: usize = 32 * 1024;
/// Floats of scratch memory, behind those of the products.
pub const SCRATCH: usize = 2 * SCORES;

/// Most keys of a row.
#[unsafe(no_mangle)]
pub extern "C" fn attention_keys() -> usize {
    SCORES
}

/// What all blocks of a head share.
#[derive(Clone, Copy)]
struct Head {
    queries: usize,
    keys: usize,
    /// Of a query and a key.
    size: usize,
    value_size: usize,
    scale: f32,
    /// Query t sees the keys up to t + ahead.
    ahead: isize,
    q: Matrix,
    k: Matrix,
    v: Matrix,
    scratch: *mut f32,
}

impl Head {
    /// How many keys query `t` sees.
    fn seen(&self, t: usize) -> usize {
        (t as isize).saturating_add(self.ahead).saturating_add(1).max(0).min(self.keys as isize) as usize
    }

    /// Runs `block(first, rows)` for all queries, from the last, which sees all keys; returns the sum of what it returns.
    ///
    /// A weight of 0 hides no NaN. Where `finite(first, rows, low, high)` says that there may be one in what not all rows see,
    /// the keys low to high, the queries go one by one; so nothing behind the mask ever shows.
    fn blocks(
        &self,
        finite: impl Fn(usize, usize, usize, usize) -> bool,
        mut block: impl FnMut(usize, usize) -> f64,
    ) -> f64 {
        // Fewer rows where they are long.
        let most = BLOCK.min(SCORES.checked_div(stride(self.keys)).unwrap_or(BLOCK)).max(1);
        let (mut end, mut flops, mut single) = (self.queries, 0.0, 0);
        while end > 0 {
            let rows = if end <= single { 1 } else { most.min(end) };
            let (low, high) = (self.seen(end - rows), self.seen(end - 1));
            if low < high && !finite(end - rows, rows, low, high) {
                single = end;
                continue;
            }
            end -= rows;
            flops += block(end, rows);
        }
        flops
    }
}

/// Floats from one row of scores to the next: whole vectors.
const fn stride(keys: usize) -> usize {
    keys.next_multiple_of(4)
}

/// Scores of a block, or their gradients, in scratch memory: rows of `n`.
fn scores(scratch: *mut f32, n: usize, which: usize) -> Output {
    let start = scratch.wrapping_add(crate::matmul::SCRATCH + which * SCORES);
    Output { start, row: stride(n) as isize }
}

/// True where `rows` rows of `cols` numbers hold neither NaN nor ±∞.
///
/// # Safety
/// `x` readable in these sizes, with contiguous rows.
#[inline(never)]
unsafe fn finite(x: Matrix, rows: usize, cols: usize) -> bool {
    let zero = Lanes::zero();
    let mut sum = zero;
    for i in 0..rows {
        // SAFETY: row i.
        sum = sum.add(unsafe { fold(cols, x.from(i, 0).start, 0.0, zero, |sum, x| sum.mul_add(x, zero)) });
    }
    sum.sum() == 0.0
}

/// x[from..to] ← value.
///
/// # Safety
/// `x` writable up to `to`.
#[inline(never)]
unsafe fn fill(x: *mut f32, from: usize, to: usize, value: f32) {
    for j in from..to {
        // SAFETY: the caller's promise.
        unsafe { *x.add(j) = value };
    }
}
