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

use super::constants::{constant, constants, polynomial};
use crate::lanes::Lanes;

constants! {
    highest: 88.73;
    lowest: -86.9;
    /// 1.5·2²³: a float near it is an integer, which its last bits show; and 126, so that they show n + 126, the exponent of 2ⁿ⁻¹.
    no_fraction: 12_582_912.0 + 126.0;
    log2_e: core::f32::consts::LOG2_E;
    minus_ln2_high: -0.693_359_4;
    minus_ln2_low: 2.121_944_4e-4;
    /// Of 2·(eʳ − 1 − r) / r².
    twice: 3.975_138_4e-4, 2.796_4e-3, 1.666_690_4e-2, 8.333_159e-2, 3.333_333e-1, 1.0;
    one: 1.0;
    two: 2.0;
}

/// eˣ; NaN stays NaN.
#[inline(always)]
pub fn exp(x: Lanes) -> Lanes {
    exp_low(x.at_most(constant!(exp.highest)))
}

/// eˣ of an x that is not above 88.73.
#[inline(always)]
pub fn exp_low(x: Lanes) -> Lanes {
    let shifted = constant!(exp.no_fraction).mul_add(x, constant!(exp.log2_e));
    let n = shifted.sub(constant!(exp.no_fraction));
    let r = x.mul_add(n, constant!(exp.minus_ln2_high)).mul_add(n, constant!(exp.minus_ln2_low));
    let p = polynomial!(exp.twice, r);
    // Twice eʳ times 2ⁿ⁻¹, since n may be 128, beyond the largest exponent. Below the lowest x it is anything.
    let two = constant!(exp.two);
    let twice = two.mul_add(two, r).mul_add(p, r.mul(r));
    x.zero_below(constant!(exp.lowest), twice.mul(shifted.last_bits_as_exponent()))
}

/// 1 / (1 + eˣ), the logistic function of −x.
#[inline(always)]
pub fn logistic_of_minus(x: Lanes) -> Lanes {
    let one = constant!(exp.one);
    one.div(one.add(exp(x)))
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
            assert!(
                relative_error(each_lane(|x| logistic_of_minus(x.neg()), x), 1.0 / (1.0 + (-f64::from(x)).exp()))
                    <= 2f64.powi(-21)
            );
        }
    }
}
