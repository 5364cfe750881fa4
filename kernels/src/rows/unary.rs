//! The nonlinear functions between two linear layers, and dx = dy·(their slope at x). The backward pass works the slope out
//! again: that costs less than writing it in the forward pass and reading it.
//!
//! To add one: write the function and its slope, and a line in `activations!` below; the tests follow from that line.
//! The other places are listed in CONTRIBUTING.md, "An op".

use super::each::{each1, each2};
use crate::lanes::Lanes;
use crate::math::{below, constant, constants, logistic_of_minus, tanh};

const CUBIC: f32 = 0.044_715;
const TWICE_SQRT_2_OVER_PI: f32 = 2.0 * 0.797_884_6;

constants! {
    cubic: CUBIC;
    cubic_slope: 3.0 * CUBIC;
    /// Of 2u and −2u of geluTanh.
    factor: TWICE_SQRT_2_OVER_PI;
    minus_factor: -TWICE_SQRT_2_OVER_PI;
    /// The largest square that its slope needs: σ is 0 or 1 there, and 0 times an infinite one would be NaN.
    far: 12.0 * 12.0;
}

/// x·Φ(x).
fn gelu_at(x: Lanes) -> Lanes {
    x.mul(below(x).0)
}

/// Φ(x) + x φ(x).
fn gelu_slope(x: Lanes) -> Lanes {
    let (below, bell) = below(x);
    below.mul_add(x, bell)
}

/// σ(2u) with u = √(2/π) (x + 0.044715 x³); and x². Since ½ (1 + tanh u) = σ(2u), no tanh is needed, and no digits are lost where
/// tanh u is close to −1.
#[inline(always)]
fn gelu_tanh_sigmoid(x: Lanes) -> (Lanes, Lanes) {
    let square = x.mul(x);
    (logistic_of_minus(x.mul_add(square.mul(x), constant!(unary.cubic)).mul(constant!(unary.minus_factor))), square)
}

/// ½ x (1 + tanh u) = x σ(2u).
fn gelu_tanh_at(x: Lanes) -> Lanes {
    x.mul(gelu_tanh_sigmoid(x).0)
}

/// σ + x σ (1 − σ)·2u′ with u′ = √(2/π) (1 + 3·0.044715 x²).
fn gelu_tanh_slope(x: Lanes) -> Lanes {
    let (s, square) = gelu_tanh_sigmoid(x);
    let one = constant!(exp.one);
    let steep = one.mul_add(square.at_most(constant!(unary.far)), constant!(unary.cubic_slope));
    s.mul_add(x.mul(s), one.sub(s).mul(steep.mul(constant!(unary.factor))))
}

/// x σ(x).
fn silu_at(x: Lanes) -> Lanes {
    x.mul(sigmoid_at(x))
}

/// σ (1 + x (1 − σ)).
fn silu_slope(x: Lanes) -> Lanes {
    let (one, s) = (constant!(exp.one), sigmoid_at(x));
    s.mul(one.mul_add(x, one.sub(s)))
}

/// max(0, x)². A NaN stays.
fn squared_relu_at(x: Lanes) -> Lanes {
    x.at_least(Lanes::zero()).mul(x.at_least(Lanes::zero()))
}

/// 2 max(0, x).
fn squared_relu_slope(x: Lanes) -> Lanes {
    let most = x.at_least(Lanes::zero());
    most.add(most)
}

/// 1 / (1 + e⁻ˣ).
fn sigmoid_at(x: Lanes) -> Lanes {
    logistic_of_minus(x.neg())
}

/// σ (1 − σ).
fn sigmoid_slope(x: Lanes) -> Lanes {
    let s = sigmoid_at(x);
    s.mul(constant!(exp.one).sub(s))
}

/// 1 − tanh² x.
fn tanh_slope(x: Lanes) -> Lanes {
    let t = tanh(x);
    constant!(exp.one).sub(t.mul(t))
}

/// For each line exports yᵢ ← f(xᵢ) and dxᵢ ← dyᵢ·slope(xᵢ) under its two names, which are the name in lib/kernels/unary.ts in
/// snake case and _forward or _backward; and a row of `CASES` for the tests, with the definition in f64.
macro_rules! activations {
    ($($forward:ident, $backward:ident = $f:path, $slope:path, $definition:expr;)*) => {
        $(
            /// # Safety
            /// `x` readable and `y` writable for `n` floats; `y` may be `x`.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $forward(n: usize, x: *const f32, y: *mut f32) {
                // SAFETY: the caller's promise.
                unsafe { each1(n, x, y, $f) }
            }

            /// # Safety
            /// `x` and `dy` readable and `dx` writable for `n` floats; `dx` may be one of them.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $backward(n: usize, x: *const f32, dy: *const f32, dx: *mut f32) {
                // SAFETY: the caller's promise.
                unsafe { each2(n, x, dy, dx, |x, dy| dy.mul($slope(x))) }
            }
        )*

        #[cfg(test)]
        const CASES: &[tests::Case] =
            &[$((stringify!($forward), $forward, $backward, $f, $slope, $definition)),*];
    };
}

activations! {
    gelu_forward, gelu_backward = gelu_at, gelu_slope, |x| x * tests::phi(x);
    gelu_tanh_forward, gelu_tanh_backward = gelu_tanh_at, gelu_tanh_slope, tests::gelu_tanh;
    silu_forward, silu_backward = silu_at, silu_slope, |x| x * tests::sigma(x);
    squared_relu_forward, squared_relu_backward = squared_relu_at, squared_relu_slope, |x| x.max(0.0).powi(2);
    sigmoid_forward, sigmoid_backward = sigmoid_at, sigmoid_slope, tests::sigma;
    tanh_forward, tanh_backward = tanh, tanh_slope, f64::tanh;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LENGTHS, Random, assert_close, each_lane, wide};

    type Forward = unsafe extern "C" fn(usize, *const f32, *mut f32);
    type Backward = unsafe extern "C" fn(usize, *const f32, *const f32, *mut f32);
    type OfLanes = fn(Lanes) -> Lanes;
    pub type Case = (&'static str, Forward, Backward, OfLanes, OfLanes, fn(f64) -> f64);

    pub fn sigma(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }

    pub fn gelu_tanh(x: f64) -> f64 {
        let u = (2.0 / core::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
        0.5 * x * (1.0 + u.tanh())
    }

    /// Φ by Simpson's rule from −12 on.
    pub fn phi(x: f64) -> f64 {
        let (steps, from) = (4000, -12.0);
        if x.abs() > 12.0 {
            return if x > 0.0 { 1.0 } else { 0.0 };
        }
        let h = (x - from) / f64::from(steps);
        let bell = |z: f64| (-z * z / 2.0).exp() / (2.0 * core::f64::consts::PI).sqrt();
        let inner: f64 = (1..steps).map(|i| bell(from + h * f64::from(i)) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
        (bell(from) + inner + bell(x)) * h / 3.0
    }

    /// The slope of `f` by the difference quotient.
    fn quotient(f: fn(f64) -> f64, x: f64) -> f64 {
        let h = 1e-5 * x.abs().max(1.0);
        (f(x + h) - f(x - h)) / (2.0 * h)
    }

    #[test]
    fn each_is_its_definition_and_its_slope_the_difference_quotient() {
        let mut random = Random(1);
        for &(_, forward, backward, _, _, f) in CASES {
            for n in LENGTHS {
                let (x, dy) = (random.numbers(n, 6.0), random.numbers(n, 1.0));
                let (mut y, mut dx) = (vec![f32::NAN; n], vec![f32::NAN; n]);
                // SAFETY: all have n floats.
                unsafe {
                    forward(n, x.as_ptr(), y.as_mut_ptr());
                    backward(n, x.as_ptr(), dy.as_ptr(), dx.as_mut_ptr());
                }
                assert_close(&y, &wide(&x).into_iter().map(f).collect::<Vec<_>>(), 2e-6);
                let expected = wide(&x).into_iter().zip(wide(&dy)).map(|(x, dy)| dy * quotient(f, x));
                assert_close(&dx, &expected.collect::<Vec<_>>(), 2e-6);
            }
        }
    }

    #[test]
    fn far_from_zero_each_is_its_definition_and_nan_stays_nan() {
        for &(name, _, _, at, slope, f) in CASES {
            for x in [-1e15, -1e5, -30.0, 30.0, 1e5, 1e15_f32] {
                let (y, expected) = (f64::from(each_lane(at, x)), f(f64::from(x)));
                assert!((y - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{name}({x}) = {y}, not {expected}");
                let (y, expected) = (f64::from(each_lane(slope, x)), quotient(f, f64::from(x)));
                assert!((y - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{name}'({x}) = {y}, not {expected}");
            }
            assert!(each_lane(at, f32::NAN).is_nan() && each_lane(slope, f32::NAN).is_nan(), "{name}(NaN)");
        }
    }
}
