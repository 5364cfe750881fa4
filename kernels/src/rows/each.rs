//! Loops over numbers that lie one after the other, four at a time; the last group may be shorter.

use crate::lanes::Lanes;

/// yᵢ ← f(xᵢ). `y` may be `x`.
///
/// # Safety
/// `x` readable and `y` writable for `n` floats.
#[inline(always)]
pub unsafe fn each1(n: usize, x: *const f32, y: *mut f32, f: impl Fn(Lanes) -> Lanes) {
    for i in (0..n).step_by(4) {
        // SAFETY: n − i floats are left.
        unsafe { f(Lanes::load_up_to(n - i, x.add(i), 0.0)).store_up_to(n - i, y.add(i)) }
    }
}

/// yᵢ ← f(aᵢ, bᵢ). `y` may be `a` or `b`.
///
/// # Safety
/// `a` and `b` readable and `y` writable for `n` floats.
#[inline(always)]
pub unsafe fn each2(n: usize, a: *const f32, b: *const f32, y: *mut f32, f: impl Fn(Lanes, Lanes) -> Lanes) {
    for i in (0..n).step_by(4) {
        let left = n - i;
        // SAFETY: so many floats are left.
        unsafe {
            let (a, b) = (Lanes::load_up_to(left, a.add(i), 0.0), Lanes::load_up_to(left, b.add(i), 0.0));
            f(a, b).store_up_to(left, y.add(i));
        }
    }
}

/// Folds numbers into one vector of four: state ← f(state, xᵢ..xᵢ₊₄), where lanes beyond the end hold `rest`.
///
/// # Safety
/// `x` readable for `n` floats.
#[inline(always)]
pub unsafe fn fold(n: usize, x: *const f32, rest: f32, start: Lanes, f: impl Fn(Lanes, Lanes) -> Lanes) -> Lanes {
    // SAFETY: n − i floats are left.
    (0..n).step_by(4).fold(start, |state, i| f(state, unsafe { Lanes::load_up_to(n - i, x.add(i), rest) }))
}

/// Σ aᵢ bᵢ.
///
/// # Safety
/// `a` and `b` readable for `n` floats.
#[inline(always)]
pub unsafe fn dot(n: usize, a: *const f32, b: *const f32) -> f32 {
    let term = |sum: Lanes, i: usize| {
        // SAFETY: n − i floats are left.
        let (a, b) = unsafe { (Lanes::load_up_to(n - i, a.add(i), 0.0), Lanes::load_up_to(n - i, b.add(i), 0.0)) };
        sum.mul_add(a, b)
    };
    (0..n).step_by(4).fold(Lanes::zero(), term).sum()
}
