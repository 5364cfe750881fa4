//! Attention of one head after the other: y = softmax(q kᵀ · scale) v, and its gradients, without a matrix of all scores.
//!
//! A block of queries at a time (`forward.rs`, `backward.rs`): its rows of scores lie in scratch memory, become weights there,
//! and are used up before the next block. What a causal mask hides behind the block's last query is never computed. Of the
//! weights only two numbers a row are kept, softmax's largest and its total; the way back works the scores out again.
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
/// Floats for a block's scores; on the way back there is a second such piece for their gradients.
const SCORES: usize = 32 * 1024;
/// Floats of scratch memory, behind those of the products.
pub const SCRATCH: usize = 2 * SCORES;

/// Most keys of a row.
#[unsafe(no_mangle)]
pub extern "C" fn attention_keys() -> usize {
    SCORES
}

/// What all blocks share.
#[derive(Clone, Copy)]
struct Sizes {
    keys: usize,
    /// Of a query and a key.
    size: usize,
    value_size: usize,
    scale: f32,
    /// Query t sees the keys up to t + ahead.
    ahead: isize,
}

impl Sizes {
    /// How many keys query `t` sees.
    fn seen(&self, t: usize) -> usize {
        (t as isize).saturating_add(self.ahead).saturating_add(1).max(0).min(self.keys as isize) as usize
    }

    /// Queries of each block: fewer where rows of scores are long.
    fn block(&self) -> usize {
        BLOCK.min(SCORES.checked_div(stride(self.keys)).unwrap_or(BLOCK)).max(1)
    }
}

/// Floats from one row of scores to the next: whole vectors.
const fn stride(keys: usize) -> usize {
    keys.next_multiple_of(4)
}

/// [B, H, T, K] with any strides but the last, which is 1.
#[derive(Clone, Copy)]
struct Heads {
    start: *const f32,
    batch: isize,
    head: isize,
    row: isize,
}

impl Heads {
    /// The rows of one head, from `first` on.
    fn rows(self, batch: usize, head: usize, first: usize) -> Matrix {
        let offset = batch as isize * self.batch + head as isize * self.head + first as isize * self.row;
        Matrix { start: self.start.wrapping_offset(offset), row: self.row, col: 1 }
    }
}

/// A result: [B, H, T, K] that lies in memory as [B, T, H, K], so that merging the heads costs nothing.
#[derive(Clone, Copy)]
struct Apart {
    start: *mut f32,
    heads: usize,
    rows: usize,
    size: usize,
}

impl Apart {
    fn rows(self, batch: usize, head: usize, first: usize) -> Output {
        let row = self.heads * self.size;
        let offset = (batch * self.rows + first) * row + head * self.size;
        Output { start: self.start.wrapping_add(offset), row: row as isize }
    }

    /// As `rows`; None where there is no such result.
    fn wanted(self, batch: usize, head: usize, first: usize) -> Option<Output> {
        (!self.start.is_null()).then(|| self.rows(batch, head, first))
    }
}

/// Blocks of at most `most` rows of `count`, from the last, which sees all keys.
fn for_each_block(count: usize, most: usize, mut run: impl FnMut(usize, usize)) {
    let mut end = count;
    while end > 0 {
        let rows = most.min(end);
        end -= rows;
        run(end, rows);
    }
}

/// True where `rows` rows of `cols` numbers hold neither NaN nor ±∞: only then is a weight of 0 times each of them 0.
///
/// # Safety
/// `x` readable for so many, with contiguous rows.
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

/// x[seen..width] ← value.
///
/// # Safety
/// `x` writable up to `width`.
#[inline(never)]
unsafe fn fill(x: *mut f32, seen: usize, width: usize, value: f32) {
    for j in seen..width {
        // SAFETY: the caller's promise.
        unsafe { *x.add(j) = value };
    }
}
