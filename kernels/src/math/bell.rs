//! The bell curve's integral Φ, which is erf in other words: erf(x) = 2 Φ(x √2) − 1.
//!
//! ```text
//! t    ← 1 / (1 + 0.3275911 |x| / √2)
//! tail ← ½ e^(−x²/2)·P(t)                  the area beyond |x|
//! Φ(x) = tail where x < 0, else 1 − tail
//! ```
//!
//! At most 2.5e-7 off (tested), 7.5e-8 of it the formula's. Source: Abramowitz & Stegun 1964, 7.1.26.

use super::constants::{constant, constants, polynomial};
use super::exp::exp_low;
use crate::lanes::Lanes;

constants! {
    /// Of the bell curve at 0: 1 / √(2π).
    height: 0.398_942_3;
    slope: 0.327_591_1 * core::f32::consts::FRAC_1_SQRT_2;
    coefficients: 1.061_405_4, -1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6;
    half: 0.5;
    minus_half: -0.5;
}

/// Φ(x), and the curve itself, e^(−x²/2) / √(2π).
#[inline(always)]
pub fn below(x: Lanes) -> (Lanes, Lanes) {
    let one = constant!(exp.one);
    let bell = exp_low(x.mul(x).mul(constant!(bell.minus_half)));
    let t = one.div(one.mul_add(x.abs(), constant!(bell.slope)));
    let p = polynomial!(bell.coefficients, t);
    let tail = p.mul(t).mul(bell).mul(constant!(bell.half));
    (x.where_less(Lanes::zero(), tail, one.sub(tail)), bell.mul(constant!(bell.height)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::each_lane;

    /// Φ by its series x + x³/3 + x⁵/15 + …, times the bell: exact to the last digits for |x| ≤ 6.
    fn integral(x: f64) -> f64 {
        let (mut term, mut sum) = (x, x);
        for i in 1..200 {
            term *= x * x / f64::from(2 * i + 1);
            sum += term;
        }
        0.5 + sum * (-x * x / 2.0).exp() / (2.0 * core::f64::consts::PI).sqrt()
    }

    #[test]
    fn the_integral_is_within_its_bound() {
        for i in -6_000..6_000 {
            let x = i as f32 / 1000.0;
            let y = each_lane(|x| below(x).0, x);
            assert!((f64::from(y) - integral(f64::from(x))).abs() <= 2.5e-7, "Φ({x}) = {y}");
        }
    }

    #[test]
    fn the_integral_at_the_ends() {
        for (x, y) in [(f32::NEG_INFINITY, 0.0), (-1e30, 0.0), (1e30, 1.0), (f32::INFINITY, 1.0)] {
            assert_eq!(each_lane(|x| below(x).0, x), y, "Φ({x})");
        }
        assert!(each_lane(|x| below(x).0, f32::NAN).is_nan());
    }
}
