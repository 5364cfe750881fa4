//! Loops over numbers that lie one after the other, four at a time; the last group may be shorter.

use crate::lanes::{Lanes, Wide};

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
        // SAFETY: `left` floats are left.
        unsafe {
            let (a, b) = (Lanes::load_up_to(left, a.add(i), 0.0), Lanes::load_up_to(left, b.add(i), 0.0));
            f(a, b).store_up_to(left, y.add(i));
        }
    }
}

/// yᵢ ← xᵢ·wᵢ, or a copy of x where `w` is null.
///
/// # Safety
/// `x` and `w` readable and `y` writable for `n` floats; `w` may be null.
#[inline(never)]
pub unsafe fn weighted(n: usize, x: *const f32, w: *const f32, y: *mut f32) {
    // SAFETY: the caller's promise.
    unsafe { if w.is_null() { each1(n, x, y, |x| x) } else { each2(n, x, w, y, Lanes::mul) } }
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

/// Σ xᵢ in f64: a row of a million numbers loses no digit of float32.
///
/// # Safety
/// `x` readable for `n` floats.
#[inline(never)]
pub unsafe fn sum(n: usize, x: *const f32) -> f64 {
    // SAFETY: `left` floats are left.
    sum_terms(n, |i, left| unsafe { Lanes::load_up_to(left, x.add(i), 0.0) }.widen())
}

/// Σ (xᵢ − mean)² in f64.
///
/// # Safety
/// `x` readable for `n` floats.
#[inline(never)]
pub unsafe fn squares(n: usize, x: *const f32, mean: f64) -> f64 {
    let mean = Wide::splat(mean);
    sum_terms(n, |i, left| {
        // SAFETY: `left` floats are left.
        unsafe { Lanes::load_up_to(left, x.add(i), 0.0) }.widen().map(|x| x.sub(mean)).map(|x| x.mul(x))
    })
}

/// Σ aᵢ bᵢ in f64.
///
/// # Safety
/// `a` and `b` readable for `n` floats.
#[inline(never)]
pub unsafe fn dot(n: usize, a: *const f32, b: *const f32) -> f64 {
    sum_terms(n, |i, left| {
        // SAFETY: `left` floats are left.
        let (a, b) = unsafe { (Lanes::load_up_to(left, a.add(i), 0.0), Lanes::load_up_to(left, b.add(i), 0.0)) };
        let ([a, c], [b, d]) = (a.widen(), b.widen());
        [a.mul(b), c.mul(d)]
    })
}

/// The sum of n terms. `four(i, left)` gives the next four, of which the first `left` count. Eight at a time, in sums that do not
/// wait for each other.
#[inline(always)]
fn sum_terms(n: usize, four: impl Fn(usize, usize) -> [Wide; 2]) -> f64 {
    let [mut s, mut t, mut u, mut v] = [Wide::splat(0.0); 4];
    let whole = n / 8 * 8;
    for i in (0..whole).step_by(8) {
        let ([a, b], [c, d]) = (four(i, 4), four(i + 4, 4));
        (s, t, u, v) = (s.add(a), t.add(b), u.add(c), v.add(d));
    }
    let [low, high] = s.add(u).add(t.add(v)).to_array();
    let mut total = low + high;
    for i in (whole..n).step_by(4) {
        let [[a, b], [c, d]] = four(i, n - i).map(Wide::to_array);
        for (j, term) in [a, b, c, d].into_iter().enumerate() {
            if i + j < n {
                total += term;
            }
        }
    }
    total
}
