//! The ceiling: multiply-adds on registers alone, without loads or stores. No matmul of the same build can be faster;
//! the bench measures it in the same run.

use crate::lanes::Lanes;

/// Vectors of sums: enough to hide the latency of an addition, few enough to stay in registers.
const SUMS: usize = if cfg!(target_feature = "relaxed-simd") { 12 } else { 8 };

/// FLOPs of one step of `ceiling`.
#[unsafe(no_mangle)]
pub extern "C" fn ceiling_flops() -> usize {
    if cfg!(target_feature = "relaxed-simd") { 8 * SUMS } else { 8 * SUMS + 4 }
}

/// Runs `steps` steps of SUMS multiply-adds on the three vectors at `data`, and writes the sums there.
///
/// # Safety
/// `data` readable for 12 floats, and writable for 4·SUMS.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ceiling(steps: usize, data: *mut f32) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut x = Lanes::load(data);
        let row = [Lanes::load(data.add(4)), Lanes::load(data.add(8))];
        let mut sums = [x; SUMS];
        for _ in 0..steps {
            for (i, sum) in sums.iter_mut().enumerate() {
                *sum = sum.mul_add(x, row[i % 2]);
            }
            if cfg!(not(target_feature = "relaxed-simd")) {
                // Another x for the next step: a product of constants would be computed once, before the loop.
                x = x.add(row[0]);
            }
        }
        for (i, sum) in sums.iter().enumerate() {
            sum.store(data.add(4 * i));
        }
    }
}
