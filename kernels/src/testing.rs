//! What the tests of all kernels share.

use crate::lanes::Lanes;

/// A linear congruential generator: uniform in [-1, 1).
pub struct Random(pub u32);

impl Random {
    pub fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(self.0) / f64::from(1u32 << 31) - 1.0) as f32
    }

    pub fn below(&mut self, limit: usize) -> usize {
        ((f64::from(self.next()) + 1.0) / 2.0 * limit as f64) as usize % limit
    }

    /// `n` numbers in [−scale, scale).
    pub fn numbers(&mut self, n: usize, scale: f32) -> Vec<f32> {
        (0..n).map(|_| scale * self.next()).collect()
    }
}

/// f(x), after a check that all four lanes agree.
pub fn each_lane(f: impl Fn(Lanes) -> Lanes, x: f32) -> f32 {
    let [y, rest @ ..] = f(Lanes::splat(x)).to_array();
    assert!(rest.iter().all(|r| r.to_bits() == y.to_bits()));
    y
}

pub fn relative_error(value: f32, expected: f64) -> f64 {
    if expected == 0.0 { f64::from(value).abs() } else { ((f64::from(value) - expected) / expected).abs() }
}

/// Every value within `bound` of what is expected; an absolute bound.
pub fn assert_close(values: &[f32], expected: &[f64], bound: f64) {
    assert_eq!(values.len(), expected.len());
    for (i, (&value, &wanted)) in values.iter().zip(expected).enumerate() {
        let error = (f64::from(value) - wanted).abs();
        assert!(error <= bound, "element {i} is {value}, not {wanted}: {error:e} off");
    }
}

/// Numbers as the definitions want them.
pub fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&x| f64::from(x)).collect()
}

/// Lengths around a vector of four, and one with a rest.
pub const LENGTHS: [usize; 9] = [0, 1, 2, 3, 4, 5, 8, 11, 67];
