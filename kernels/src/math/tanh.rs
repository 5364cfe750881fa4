//! The hyperbolic tangent.
//!
//! ```text
//! |x| < 0.625:  x + x³·P(x²)               near 0, where 1 − 2 / (…) would lose all digits
//! else:         1 − 2 / (e²ˣ + 1)
//! ```
//!
//! Relative error at most 2⁻²¹ (tested). Source of the polynomial P: Moshier, Cephes, single/tanhf.c, https://www.netlib.org/cephes

use super::constants::{constant, constants, polynomial};
use super::exp::exp;
use crate::lanes::Lanes;

constants! {
    coefficients: -5.704_988_6e-3, 2.063_909e-2, -5.373_971_6e-2, 1.333_144_2e-1, -3.333_328e-1;
    small: 0.625;
}

/// tanh x; NaN stays NaN.
#[inline(always)]
pub fn tanh(x: Lanes) -> Lanes {
    let (one, square) = (constant!(exp.one), x.mul(x));
    let p = polynomial!(tanh.coefficients, square);
    let near = x.mul_add(x.mul(square), p);
    let above = exp(x.add(x)).add(one);
    let far = one.sub(constant!(exp.two).div(above));
    x.abs().where_less(constant!(tanh.small), near, far)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{each_lane, relative_error};

    #[test]
    fn tanh_is_within_its_bound() {
        for i in -200_000..200_000 {
            let x = i as f32 / 10_000.0;
            assert!(relative_error(each_lane(tanh, x), f64::from(x).tanh()) <= 2f64.powi(-21), "tanh({x})");
        }
    }

    #[test]
    fn tanh_at_the_ends() {
        for (x, y) in [(f32::NEG_INFINITY, -1.0), (-100.0, -1.0), (0.0, 0.0), (100.0, 1.0), (f32::INFINITY, 1.0)] {
            assert_eq!(each_lane(tanh, x), y, "tanh({x})");
        }
        assert!(each_lane(tanh, f32::NAN).is_nan());
    }
}
