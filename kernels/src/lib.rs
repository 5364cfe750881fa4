//! What a transformer computes, for WebAssembly: matrix products and the row-wise functions between them, in f32.
//!
//! | folder | what |
//! |---|---|
//! | `lanes` | four floats in a register: the machine's instructions, and an array that stands for them elsewhere |
//! | `matmul` | C ← A·B: packing, the register tile, the blocking, and shorter ways for few rows |
//! | `math` | exp, tanh and the bell curve's integral, four at a time |
//! | `attention` | softmax(q kᵀ) v of each head and its gradients, a block of queries at a time |
//! | `rows` | functions of rows: softmax, norms, activations, sums, Adam, looking up; one a file |
//!
//! Each file has its definition in f64 beside it, in its tests.
//!
//! There is no heap and there are no statics: the module imports its memory, and the caller passes scratch space, and has the constants
//! of loops written once (`math/constants.rs`).
//! That lets two builds, and later several threads, share one memory.
#![cfg_attr(target_arch = "wasm32", no_std)]
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]

mod attention;
mod lanes;
mod math;
mod matmul;
mod rows;
#[cfg(test)]
mod testing;

/// Bytes of scratch memory that a caller passes: the products' part, and attention's behind it.
#[unsafe(no_mangle)]
pub extern "C" fn scratch_bytes() -> usize {
    4 * (matmul::SCRATCH + attention::SCRATCH)
}

/// Nothing here panics in a release build; without `std` the compiler asks for this all the same.
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
