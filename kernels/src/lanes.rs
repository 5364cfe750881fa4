//! Four floats at once: the only file that names the machine's vector instructions.
//!
//! On wasm32 these are single instructions. Elsewhere (where `cargo test` runs) an array of four does the same.

#[cfg(target_arch = "wasm32")]
mod machine {
    use core::arch::wasm32::{
        f32x4_add, f32x4_splat, i32x4_shuffle, v128, v128_load, v128_load32_splat, v128_store, v128_store64_lane,
    };

    /// Four f32 lanes in one register.
    #[derive(Clone, Copy)]
    pub struct Lanes(v128);

    impl Lanes {
        #[inline(always)]
        pub fn zero() -> Lanes {
            Lanes(f32x4_splat(0.0))
        }

        /// # Safety
        /// Four floats at `at` are readable.
        #[inline(always)]
        pub unsafe fn load(at: *const f32) -> Lanes {
            // SAFETY: the caller's promise.
            Lanes(unsafe { v128_load(at.cast()) })
        }

        /// One float, in all four lanes.
        /// # Safety
        /// One float at `at` is readable.
        #[inline(always)]
        pub unsafe fn broadcast(at: *const f32) -> Lanes {
            // SAFETY: the caller's promise.
            Lanes(unsafe { v128_load32_splat(at.cast()) })
        }

        /// # Safety
        /// Four floats at `at` are writable.
        #[inline(always)]
        pub unsafe fn store(self, at: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { v128_store(at.cast(), self.0) }
        }

        /// Writes the first two lanes.
        /// # Safety
        /// Two floats at `at` are writable.
        #[inline(always)]
        pub unsafe fn store_low(self, at: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { v128_store64_lane::<0>(self.0, at.cast()) }
        }

        #[inline(always)]
        pub fn add(self, other: Lanes) -> Lanes {
            Lanes(f32x4_add(self.0, other.0))
        }

        /// self + x·y; rounded once where the build has relaxed SIMD and the machine has FMA, else twice.
        #[inline(always)]
        pub fn mul_add(self, x: Lanes, y: Lanes) -> Lanes {
            #[cfg(target_feature = "relaxed-simd")]
            return Lanes(core::arch::wasm32::f32x4_relaxed_madd(x.0, y.0, self.0));
            #[cfg(not(target_feature = "relaxed-simd"))]
            return Lanes(f32x4_add(self.0, core::arch::wasm32::f32x4_mul(x.0, y.0)));
        }

        /// Four rows of four become four columns of four.
        #[inline(always)]
        pub fn transpose(rows: [Lanes; 4]) -> [Lanes; 4] {
            let [r0, r1, r2, r3] = rows.map(|r| r.0);
            let low01 = i32x4_shuffle::<0, 4, 1, 5>(r0, r1);
            let low23 = i32x4_shuffle::<0, 4, 1, 5>(r2, r3);
            let high01 = i32x4_shuffle::<2, 6, 3, 7>(r0, r1);
            let high23 = i32x4_shuffle::<2, 6, 3, 7>(r2, r3);
            [
                Lanes(i32x4_shuffle::<0, 1, 4, 5>(low01, low23)),
                Lanes(i32x4_shuffle::<2, 3, 6, 7>(low01, low23)),
                Lanes(i32x4_shuffle::<0, 1, 4, 5>(high01, high23)),
                Lanes(i32x4_shuffle::<2, 3, 6, 7>(high01, high23)),
            ]
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod machine {
    /// Four f32 lanes in an array: the twin of the register, for tests on any machine.
    #[derive(Clone, Copy)]
    pub struct Lanes([f32; 4]);

    impl Lanes {
        pub fn zero() -> Lanes {
            Lanes([0.0; 4])
        }

        /// # Safety
        /// Four floats at `at` are readable.
        pub unsafe fn load(at: *const f32) -> Lanes {
            // SAFETY: the caller's promise.
            Lanes(unsafe { at.cast::<[f32; 4]>().read() })
        }

        /// One float, in all four lanes.
        /// # Safety
        /// One float at `at` is readable.
        pub unsafe fn broadcast(at: *const f32) -> Lanes {
            // SAFETY: the caller's promise.
            Lanes([unsafe { at.read() }; 4])
        }

        /// # Safety
        /// Four floats at `at` are writable.
        pub unsafe fn store(self, at: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { at.cast::<[f32; 4]>().write(self.0) }
        }

        /// Writes the first two lanes.
        /// # Safety
        /// Two floats at `at` are writable.
        pub unsafe fn store_low(self, at: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { at.cast::<[f32; 2]>().write([self.0[0], self.0[1]]) }
        }

        pub fn add(self, other: Lanes) -> Lanes {
            Lanes(core::array::from_fn(|i| self.0[i] + other.0[i]))
        }

        /// self + x·y
        pub fn mul_add(self, x: Lanes, y: Lanes) -> Lanes {
            Lanes(core::array::from_fn(|i| self.0[i] + x.0[i] * y.0[i]))
        }

        /// Four rows of four become four columns of four.
        pub fn transpose(rows: [Lanes; 4]) -> [Lanes; 4] {
            core::array::from_fn(|j| Lanes(core::array::from_fn(|i| rows[i].0[j])))
        }
    }
}

pub use machine::Lanes;
