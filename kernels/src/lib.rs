//! Matrix multiplication for WebAssembly: C ← A·B in f32, packed and register-tiled.
//!
//! | file | one idea |
//! |---|---|
//! | `lanes.rs` | four floats in a register: the machine's instructions, and an array that stands for them elsewhere |
//! | `matrix.rs` | operands as a pointer and strides, so that a transpose costs nothing |
//! | `pack.rs` | copies operands into the order in which the tile reads them |
//! | `tile.rs` | the register tile, where all the FLOPs are |
//! | `block.rs` | cuts the product so that packed pieces stay in the caches |
//! | `few.rs` | the shorter way for a few rows |
//! | `dot.rs` | the shortest way, for up to three rows and a transposed B |
//! | `ceiling.rs` | how fast this build could be at most |
//! | `oracle.rs` | the definition as a triple loop, and the tests that compare with it |
//!
//! There is no heap and there are no statics: the module imports its memory, and the caller passes scratch space.
//! That lets two builds, and later several threads, share one memory.
#![cfg_attr(not(test), no_std)]
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]

mod block;
mod ceiling;
mod dot;
mod few;
mod lanes;
mod matrix;
#[cfg(test)]
mod oracle;
mod pack;
mod tile;

use matrix::{Matrix, Output};

/// C ← A·B, or C ← C + A·B where `accumulate` is not 0, for each of `batch` products.
/// A is m×k, B is k×n, C is m×n with contiguous rows. Strides count elements; those of A and B may be 0 or negative.
///
/// # Safety
/// All elements of A and B readable, those of C writable; `scratch` writable for `scratch_bytes()`, aligned to 16 and
/// apart from the three; C overlaps neither A nor B.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matmul(
    m: usize, k: usize, n: usize, batch: usize,
    a: *const f32, a_row: isize, a_col: isize, a_batch: isize,
    b: *const f32, b_row: isize, b_col: isize, b_batch: isize,
    c: *mut f32, c_row: isize, c_batch: isize,
    accumulate: i32, scratch: *mut f32,
) {
    if m == 0 || n == 0 {
        return;
    }
    for t in 0..batch as isize {
        let a = Matrix { start: a.wrapping_offset(t * a_batch), row: a_row, col: a_col };
        let b = Matrix { start: b.wrapping_offset(t * b_batch), row: b_row, col: b_col };
        let c = Output { start: c.wrapping_offset(t * c_batch), row: c_row };
        // SAFETY: the caller's promise, for product t; `dot` and `few` get the strides that they ask for.
        unsafe {
            if m <= dot::ROWS && a_col == 1 && b_row == 1 {
                dot::multiply(m, k, n, a, b, c, accumulate != 0, scratch);
            } else if m <= few::FEW && b_col == 1 {
                few::multiply(m, k, n, a, b, c, accumulate != 0, scratch);
            } else {
                block::multiply(m, k, n, a, b, c, accumulate != 0, scratch);
            }
        }
    }
}

/// Bytes of scratch memory that `matmul` needs.
#[unsafe(no_mangle)]
pub extern "C" fn scratch_bytes() -> usize {
    4 * block::SCRATCH
}

/// Nothing here panics in a release build; without `std` the compiler asks for this all the same.
#[cfg(not(test))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
