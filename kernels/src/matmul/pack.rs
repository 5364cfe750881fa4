//! Packing: copies a slice of an operand into the order in which the register tile reads it.
//!
//! A panel is `width` lanes wide and `k` steps deep; step p holds the `width` elements that the tile
//! needs for its p-th multiply-add, side by side:
//!
//! ```text
//! panel[p·step + w] = source[w, p]      w < width, p < k
//! ```
//!
//! For A a lane is a row; for B, seen transposed, a lane is a column. So one function packs both, and a
//! transposed operand costs no more than a plain one: only the two strides change places.

use crate::lanes::Lanes;
use crate::matmul::matrix::Matrix;

/// Steps that all panels are packed for at a time, where lanes are neighbors in the source.
const STEPS: usize = 16;

/// Packs `lanes` lanes into panels of `width`, one after another: panel i begins at `to + i·width·k`. The last may be
/// narrower; with `pad` it is as wide as the others, and zero there.
///
/// Where lanes are neighbors in the source, some steps of all panels come before the next steps of the first: a panel is
/// narrower than a cache line, whose rest would be gone before the next panel reads it.
///
/// # Safety
/// `source` readable for `lanes` rows and `k` columns; `to` writable for all panels.
#[inline(never)]
pub unsafe fn pack_panels(source: Matrix, lanes: usize, k: usize, to: *mut f32, width: usize, pad: bool) {
    // Not worth its calls where all lines of a panel stay in the cache.
    let steps = if source.row == 1 && k > 4 * STEPS { STEPS } else { k.max(1) };
    for p in (0..k).step_by(steps) {
        for lane in (0..lanes).step_by(width) {
            let wide = width.min(lanes - lane);
            let step = if pad { width } else { wide };
            // SAFETY: lanes and steps inside the source, and inside their panel.
            unsafe { pack(source.from(lane, p), wide, steps.min(k - p), to.add(lane * k + p * step), step) }
        }
    }
}

/// Packs `width` ≤ `step` lanes, `k` steps deep; lanes beyond `width` are zero.
///
/// # Safety
/// `source` readable for `width` rows and `k` columns; `panel` writable for `step·k` floats.
#[inline(never)]
pub unsafe fn pack(source: Matrix, width: usize, k: usize, panel: *mut f32, step: usize) {
    // SAFETY: every group below reads lanes < width and writes lanes < step of the same panel.
    unsafe {
        let mut lane = 0;
        while lane < step {
            let from = source.from(lane, 0);
            let left = width.saturating_sub(lane);
            let room = step - lane;
            let to = panel.add(lane);
            if left >= 8 && source.row == 1 {
                copy::<2>(from, k, to, step);
                lane += 8;
            } else if left >= 4 && source.row == 1 {
                copy::<1>(from, k, to, step);
                lane += 4;
            } else if left >= 2 && source.row == 1 {
                copy2(from, k, to, step);
                lane += 2;
            } else if left >= 4 && source.col == 1 {
                transpose4(from, k, to, step);
                lane += 4;
            } else if left >= 2 && room >= 2 && source.col == 1 {
                transpose2(from, k, to, step);
                lane += 2;
            } else {
                one(from, left > 0, k, to, step);
                lane += 1;
            }
        }
    }
}

/// 4·V lanes that are neighbors in the source: a copy of V vectors a step.
#[inline(always)]
unsafe fn copy<const V: usize>(source: Matrix, k: usize, panel: *mut f32, step: usize) {
    // SAFETY: as `pack`, for lanes 0..4·V.
    unsafe {
        let (mut from, mut to) = (source.start, panel);
        for _ in 0..k {
            for v in 0..V {
                Lanes::load(from.add(4 * v)).store(to.add(4 * v));
            }
            from = from.wrapping_offset(source.col);
            to = to.wrapping_add(step);
        }
    }
}

/// Two lanes that are neighbors in the source: as `copy`, with halves of vectors.
#[inline(always)]
unsafe fn copy2(source: Matrix, k: usize, panel: *mut f32, step: usize) {
    // SAFETY: as `pack`, for lanes 0..2.
    unsafe {
        let (mut from, mut to) = (source.start, panel);
        for _ in 0..k {
            Lanes::load_low(from).store_low(to);
            from = from.wrapping_offset(source.col);
            to = to.wrapping_add(step);
        }
    }
}

/// Four lanes whose steps are neighbors in the source: blocks of 4×4, transposed in registers.
#[inline(always)]
unsafe fn transpose4(source: Matrix, k: usize, panel: *mut f32, step: usize) {
    // SAFETY: as `pack`, for lanes 0..4; whole blocks of four steps are inside k.
    unsafe {
        let whole = k / 4 * 4;
        let (mut from, mut to) = (source.start, panel);
        for _ in 0..whole / 4 {
            let rows = [0, 1, 2, 3].map(|lane| Lanes::load(from.wrapping_offset(lane * source.row)));
            for column in Lanes::transpose(rows) {
                column.store(to);
                to = to.wrapping_add(step);
            }
            from = from.wrapping_add(4);
        }
        for p in whole..k {
            for lane in 0..4 {
                *panel.add(p * step + lane) = *source.from(lane, p).start;
            }
        }
    }
}

/// Two lanes whose steps are neighbors in the source: as `transpose4`, storing halves.
#[inline(always)]
unsafe fn transpose2(source: Matrix, k: usize, panel: *mut f32, step: usize) {
    // SAFETY: as `pack`, for lanes 0..2; whole blocks of four steps are inside k.
    unsafe {
        let whole = k / 4 * 4;
        let (mut from, mut to) = (source.start, panel);
        for _ in 0..whole / 4 {
            let rows = [0, 1, 0, 1].map(|lane| Lanes::load(from.wrapping_offset(lane * source.row)));
            for column in Lanes::transpose(rows) {
                column.store_low(to);
                to = to.wrapping_add(step);
            }
            from = from.wrapping_add(4);
        }
        for p in whole..k {
            for lane in 0..2 {
                *panel.add(p * step + lane) = *source.from(lane, p).start;
            }
        }
    }
}

/// One lane, any strides; zeros where the source has no such lane.
#[inline(always)]
unsafe fn one(source: Matrix, exists: bool, k: usize, panel: *mut f32, step: usize) {
    // SAFETY: as `pack`, for lane 0; the source is not read where it has no such lane.
    unsafe {
        let (mut from, mut to) = (source.start, panel);
        for _ in 0..k {
            *to = if exists { *from } else { 0.0 };
            from = from.wrapping_offset(source.col);
            to = to.wrapping_add(step);
        }
    }
}
