//! Four floats in a register; two where they are f64.

use core::arch::wasm32::*;

/// Four f32 lanes in one register.
#[derive(Clone, Copy)]
pub struct Lanes(v128);

impl Lanes {
    #[inline(always)]
    pub fn zero() -> Lanes {
        Lanes(f32x4_splat(0.0))
    }

    #[inline(always)]
    pub fn splat(x: f32) -> Lanes {
        Lanes(f32x4_splat(x))
    }

    /// # Safety
    /// Four floats at `at` are readable.
    #[inline(always)]
    pub unsafe fn load(at: *const f32) -> Lanes {
        // SAFETY: the caller's promise.
        Lanes(unsafe { v128_load(at.cast()) })
    }

    /// The first two lanes; the others are 0.
    /// # Safety
    /// Two floats at `at` are readable.
    #[inline(always)]
    pub unsafe fn load_low(at: *const f32) -> Lanes {
        // SAFETY: the caller's promise.
        Lanes(unsafe { v128_load64_zero(at.cast()) })
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
    pub fn to_array(self) -> [f32; 4] {
        [
            f32x4_extract_lane::<0>(self.0),
            f32x4_extract_lane::<1>(self.0),
            f32x4_extract_lane::<2>(self.0),
            f32x4_extract_lane::<3>(self.0),
        ]
    }

    #[inline(always)]
    pub fn add(self, other: Lanes) -> Lanes {
        Lanes(f32x4_add(self.0, other.0))
    }

    #[inline(always)]
    pub fn sub(self, other: Lanes) -> Lanes {
        Lanes(f32x4_sub(self.0, other.0))
    }

    #[inline(always)]
    pub fn mul(self, other: Lanes) -> Lanes {
        Lanes(f32x4_mul(self.0, other.0))
    }

    #[inline(always)]
    pub fn div(self, other: Lanes) -> Lanes {
        Lanes(f32x4_div(self.0, other.0))
    }

    /// self + x·y; rounded once where the build has relaxed SIMD and the machine has FMA, else twice.
    #[inline(always)]
    pub fn mul_add(self, x: Lanes, y: Lanes) -> Lanes {
        #[cfg(target_feature = "relaxed-simd")]
        return Lanes(f32x4_relaxed_madd(x.0, y.0, self.0));
        #[cfg(not(target_feature = "relaxed-simd"))]
        return Lanes(f32x4_add(self.0, f32x4_mul(x.0, y.0)));
    }

    /// The larger of each pair; either of them where one is NaN: LLVM takes relaxed SIMD's maximum for it, one instruction.
    #[inline(always)]
    pub fn larger(self, other: Lanes) -> Lanes {
        Lanes(f32x4_pmax(self.0, other.0))
    }

    #[inline(always)]
    pub fn abs(self) -> Lanes {
        Lanes(f32x4_abs(self.0))
    }

    #[inline(always)]
    pub fn neg(self) -> Lanes {
        Lanes(f32x4_neg(self.0))
    }

    #[inline(always)]
    pub fn sqrt(self) -> Lanes {
        Lanes(f32x4_sqrt(self.0))
    }

    /// The float whose exponent's bits are the last bits of self, and whose other bits are 0: 2ⁿ⁻¹²⁷ for n of 1 to 254.
    #[inline(always)]
    pub fn last_bits_as_exponent(self) -> Lanes {
        Lanes(i32x4_shl(self.0, 23))
    }

    /// 0 where self < limit, else `y` (also where self is NaN).
    #[inline(always)]
    pub fn zero_below(self, limit: Lanes, y: Lanes) -> Lanes {
        Lanes(v128_andnot(y.0, f32x4_lt(self.0, limit.0)))
    }

    /// `yes` where self < limit, else `no` (also where one is NaN).
    #[inline(always)]
    pub fn where_less(self, limit: Lanes, yes: Lanes, no: Lanes) -> Lanes {
        Lanes(v128_bitselect(yes.0, no.0, f32x4_lt(self.0, limit.0)))
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

    /// The first two lanes and the last two as f64.
    #[inline(always)]
    pub fn widen(self) -> [Wide; 2] {
        let high = i32x4_shuffle::<2, 3, 2, 3>(self.0, self.0);
        [Wide(f64x2_promote_low_f32x4(self.0)), Wide(f64x2_promote_low_f32x4(high))]
    }
}

/// Two f64 lanes in one register.
#[derive(Clone, Copy)]
pub struct Wide(v128);

impl Wide {
    #[inline(always)]
    pub fn splat(x: f64) -> Wide {
        Wide(f64x2_splat(x))
    }

    #[inline(always)]
    pub fn to_array(self) -> [f64; 2] {
        [f64x2_extract_lane::<0>(self.0), f64x2_extract_lane::<1>(self.0)]
    }

    #[inline(always)]
    pub fn add(self, other: Wide) -> Wide {
        Wide(f64x2_add(self.0, other.0))
    }

    #[inline(always)]
    pub fn sub(self, other: Wide) -> Wide {
        Wide(f64x2_sub(self.0, other.0))
    }

    #[inline(always)]
    pub fn mul(self, other: Wide) -> Wide {
        Wide(f64x2_mul(self.0, other.0))
    }

    #[inline(always)]
    pub fn sqrt(self) -> Wide {
        Wide(f64x2_sqrt(self.0))
    }
}
