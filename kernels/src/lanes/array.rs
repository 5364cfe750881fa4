//! Four floats in an array: the twin of the register, for tests on any machine.

use core::array::from_fn;

/// Four f32 lanes.
#[derive(Clone, Copy)]
pub struct Lanes([f32; 4]);

impl Lanes {
    fn zip(self, other: Lanes, f: impl Fn(f32, f32) -> f32) -> Lanes {
        Lanes(from_fn(|i| f(self.0[i], other.0[i])))
    }

    pub fn zero() -> Lanes {
        Lanes([0.0; 4])
    }

    pub fn splat(x: f32) -> Lanes {
        Lanes([x; 4])
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

    /// The first two lanes; the others are 0.
    /// # Safety
    /// Two floats at `at` are readable.
    pub unsafe fn load_low(at: *const f32) -> Lanes {
        // SAFETY: the caller's promise.
        let [x, y] = unsafe { at.cast::<[f32; 2]>().read() };
        Lanes([x, y, 0.0, 0.0])
    }

    /// Writes the first two lanes.
    /// # Safety
    /// Two floats at `at` are writable.
    pub unsafe fn store_low(self, at: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe { at.cast::<[f32; 2]>().write([self.0[0], self.0[1]]) }
    }

    pub fn to_array(self) -> [f32; 4] {
        self.0
    }

    pub fn add(self, other: Lanes) -> Lanes {
        self.zip(other, |a, b| a + b)
    }

    pub fn sub(self, other: Lanes) -> Lanes {
        self.zip(other, |a, b| a - b)
    }

    pub fn mul(self, other: Lanes) -> Lanes {
        self.zip(other, |a, b| a * b)
    }

    pub fn div(self, other: Lanes) -> Lanes {
        self.zip(other, |a, b| a / b)
    }

    /// self + x·y
    pub fn mul_add(self, x: Lanes, y: Lanes) -> Lanes {
        self.add(x.mul(y))
    }

    /// The larger of each pair; either of them where one is NaN.
    pub fn larger(self, other: Lanes) -> Lanes {
        self.zip(other, |a, b| if a < b { b } else { a })
    }

    pub fn abs(self) -> Lanes {
        Lanes(self.0.map(f32::abs))
    }

    pub fn neg(self) -> Lanes {
        Lanes(self.0.map(|x| -x))
    }

    pub fn sqrt(self) -> Lanes {
        Lanes(self.0.map(f32::sqrt))
    }

    /// 2ⁿ⁻¹²⁷ where n, 1 to 254, is the integer in the last bits of self.
    pub fn last_bits_as_exponent(self) -> Lanes {
        Lanes(self.0.map(|n| f32::from_bits(n.to_bits().wrapping_shl(23))))
    }

    /// 0 where self < limit, else `y` (also where self is NaN).
    pub fn zero_below(self, limit: Lanes, y: Lanes) -> Lanes {
        self.where_less(limit, Lanes::zero(), y)
    }

    /// `yes` where self < limit, else `no` (also where one is NaN).
    pub fn where_less(self, limit: Lanes, yes: Lanes, no: Lanes) -> Lanes {
        Lanes(from_fn(|i| if self.0[i] < limit.0[i] { yes.0[i] } else { no.0[i] }))
    }

    /// Four rows of four become four columns of four.
    pub fn transpose(rows: [Lanes; 4]) -> [Lanes; 4] {
        from_fn(|j| Lanes(from_fn(|i| rows[i].0[j])))
    }

    /// The first two lanes and the last two as f64.
    pub fn widen(self) -> [Wide; 2] {
        let [a, b, c, d] = self.0.map(f64::from);
        [Wide([a, b]), Wide([c, d])]
    }
}

/// Two f64 lanes.
#[derive(Clone, Copy)]
pub struct Wide([f64; 2]);

impl Wide {
    fn zip(self, other: Wide, f: impl Fn(f64, f64) -> f64) -> Wide {
        Wide(from_fn(|i| f(self.0[i], other.0[i])))
    }

    pub fn splat(x: f64) -> Wide {
        Wide([x; 2])
    }

    pub fn to_array(self) -> [f64; 2] {
        self.0
    }

    pub fn add(self, other: Wide) -> Wide {
        self.zip(other, |a, b| a + b)
    }

    pub fn sub(self, other: Wide) -> Wide {
        self.zip(other, |a, b| a - b)
    }

    pub fn mul(self, other: Wide) -> Wide {
        self.zip(other, |a, b| a * b)
    }

    pub fn sqrt(self) -> Wide {
        Wide(self.0.map(f64::sqrt))
    }
}
