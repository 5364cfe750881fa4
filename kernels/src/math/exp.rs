//! The exponential function.
//!
//! ```text
//! n  ← the integer nearest to x / ln 2
//! r  ← x − n·ln 2                            |r| ≤ ln 2 / 2
//! eˣ = 2ⁿ·eʳ                                 2ⁿ by writing the exponent's bits, eʳ by a polynomial
//! ```
//!
//! Relative error at most 2⁻²² (tested); exactly 0 below x = −86.9, where 2ⁿ⁻¹ has no exponent, and ∞ above 88.73.
//! Source of the coefficients and of ln 2 in two parts: Moshier, Cephes, single/expf.c, https://www.netlib.org/cephes

use crate::lanes::Lanes;

/// 1.5·2²³: a float near it is an integer, which its last bits show.
const NO_FRACTION: f32 = 12_582_912.0;
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;
const COEFFICIENTS: [f32; 5] = [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5];
const LEADING: f32 = 1.987_569_2e-4;
const LOWEST: f32 = -86.9;
const HIGHEST: f32 = 88.73;

/// eˣ; NaN stays NaN.
#[inline(always)]
pub fn exp(x: Lanes) -> Lanes {
    let inside = x.at_most(HIGHEST);
    let shifted = Lanes::splat(NO_FRACTION).mul_add(inside, Lanes::splat(core::f32::consts::LOG2_E));
    let n = shifted.sub(Lanes::splat(NO_FRACTION));
    let r = inside.mul_add(n, Lanes::splat(-LN2_HIGH)).mul_add(n, Lanes::splat(-LN2_LOW));
    let mut p = Lanes::splat(LEADING);
    for c in COEFFICIENTS {
        p = Lanes::splat(c).mul_add(p, r);
    }
    let e = r.add(Lanes::splat(1.0)).mul_add(p, r.mul(r));
    // n may be 128, beyond the largest exponent: half of the way by the bits, the other half by a doubling.
    let y = e.mul(shifted.half_power_of_last_bits()).mul(Lanes::splat(2.0));
    // Down there y is anything.
    x.where_less(Lanes::splat(LOWEST), Lanes::zero(), y)
}

/// 1 / (1 + e⁻ˣ).
#[inline(always)]
pub fn logistic(x: Lanes) -> Lanes {
    Lanes::splat(1.0).add(exp(x.neg())).reciprocal()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{each_lane, relative_error};

    #[test]
    fn exp_is_within_its_bound() {
        for i in -86_900..88_722 {
            let x = i as f32 / 1000.0;
            assert!(relative_error(each_lane(exp, x), f64::from(x).exp()) <= 2f64.powi(-22), "exp({x})");
        }
    }

    #[test]
    fn exp_at_the_ends() {
        let ends = [(f32::NEG_INFINITY, 0.0), (-87.5, 0.0), (-1e30, 0.0), (0.0, 1.0), (89.0, f32::INFINITY)];
        for (x, y) in ends {
            assert_eq!(each_lane(exp, x), y, "exp({x})");
        }
        assert_eq!(each_lane(exp, f32::INFINITY), f32::INFINITY);
        assert!(each_lane(exp, f32::NAN).is_nan());
    }

    #[test]
    fn logistic_is_within_its_bound() {
        for i in -80_000..80_000 {
            let x = i as f32 / 1000.0;
            assert!(relative_error(each_lane(logistic, x), 1.0 / (1.0 + (-f64::from(x)).exp())) <= 2f64.powi(-21));
        }
    }
}
