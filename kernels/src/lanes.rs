//! Four floats at once: the only place that names the machine's vector instructions.
//!
//! On wasm32 (`lanes/wasm.rs`) these are single instructions. Elsewhere, where `cargo test` runs, an array of four does
//! the same (`lanes/array.rs`). Loops that end in the middle of a vector are here too, the same for both.

#[cfg(not(target_arch = "wasm32"))]
mod array;
#[cfg(target_arch = "wasm32")]
mod wasm;

#[cfg(not(target_arch = "wasm32"))]
pub use array::{Lanes, Wide};
#[cfg(target_arch = "wasm32")]
pub use wasm::{Lanes, Wide};

impl Lanes {
    /// The next four of `left` floats at `at`, or as many as are left; `rest` in the other lanes.
    ///
    /// # Safety
    /// `left` floats at `at` are readable.
    #[inline(always)]
    pub unsafe fn load_up_to(left: usize, at: *const f32, rest: f32) -> Lanes {
        // SAFETY: the caller's promise.
        unsafe { if left >= 4 { Lanes::load(at) } else { Lanes::load_first(left, at, rest) } }
    }

    /// Writes four lanes, or as many as are left.
    ///
    /// # Safety
    /// `left` floats at `at` are writable.
    #[inline(always)]
    pub unsafe fn store_up_to(self, left: usize, at: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe { if left >= 4 { self.store(at) } else { self.store_first(left, at) } }
    }

    /// The first `count` < 4 floats at `at`; `rest` in the other lanes.
    ///
    /// # Safety
    /// `count` floats at `at` are readable.
    #[inline(never)]
    pub unsafe fn load_first(count: usize, at: *const f32, rest: f32) -> Lanes {
        let mut four = [rest; 4];
        for (i, lane) in four.iter_mut().enumerate().take(count) {
            // SAFETY: the caller's promise.
            *lane = unsafe { *at.add(i) };
        }
        // SAFETY: four floats of our own.
        unsafe { Lanes::load(four.as_ptr()) }
    }

    /// Writes the first `count` < 4 lanes.
    ///
    /// # Safety
    /// `count` floats at `at` are writable.
    #[inline(never)]
    pub unsafe fn store_first(self, count: usize, at: *mut f32) {
        for (i, lane) in self.to_array().into_iter().enumerate().take(count) {
            // SAFETY: the caller's promise.
            unsafe { *at.add(i) = lane };
        }
    }

    /// The lanes added up, in pairs.
    #[inline(always)]
    pub fn sum(self) -> f32 {
        let [a, b, c, d] = self.to_array();
        (a + b) + (c + d)
    }

    /// The largest lane; a NaN may go unseen.
    #[inline(always)]
    pub fn largest(self) -> f32 {
        let [a, b, c, d] = self.to_array().map(Lanes::splat);
        a.larger(b).larger(c.larger(d)).to_array()[0]
    }

    /// `limit` where self is above it, else self: a NaN stays.
    #[inline(always)]
    pub fn at_most(self, limit: Lanes) -> Lanes {
        limit.where_less(self, limit, self)
    }

    /// `limit` where self is below it, else self: a NaN stays.
    #[inline(always)]
    pub fn at_least(self, limit: Lanes) -> Lanes {
        self.where_less(limit, limit, self)
    }
}
