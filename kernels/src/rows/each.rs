//! Loops over numbers that lie one after the other, four at a time; the last group may be shorter.

use crate::lanes::{Lanes, Wide};

/// yᵢ ← f(xᵢ). `y` may be `x`.
///
/// # Safety
/// `x` readable and `y` writable for `n` floats.
#[inline(always)]
pub unsafe fn each1(n: usize, x: *const f32, y: *mut f32, f: impl Fn(Lanes) -> Lanes) {
    let whole = n / 4 * 4;
    // SAFETY: whole vectors inside n, then what is left.
    unsafe {
        vectors1(whole, x, y, &f);
        if whole < n {
            let mut last = Lanes::load_first(n - whole, x.add(whole), 0.0);
            vectors1(4, (&raw const last).cast(), (&raw mut last).cast(), &f);
            last.store_first(n - whole, y.add(whole));
        }
    }
}

/// `each1` of whole vectors. Not inlined, so that the body is there once, however large.
#[inline(never)]
unsafe fn vectors1(n: usize, x: *const f32, y: *mut f32, f: &impl Fn(Lanes) -> Lanes) {
    for i in (0..n).step_by(4) {
        // SAFETY: the promise of `each1`.
        unsafe { f(Lanes::load(x.add(i))).store(y.add(i)) }
    }
}

/// Numbers that lie one after the other, or one number, four times, in place of all.
#[derive(Clone, Copy)]
pub struct Operand {
    start: *const f32,
    /// From one vector to the next.
    step: usize,
}

/// Those from `start` on.
pub fn from(start: *const f32) -> Operand {
    Operand { start, step: 4 }
}

/// That number everywhere.
pub fn always(four: &[f32; 4]) -> Operand {
    Operand { start: four.as_ptr(), step: 0 }
}

impl Operand {
    /// What is left behind `n` numbers, a multiple of 4.
    #[inline(always)]
    fn after(self, n: usize) -> *const f32 {
        self.start.wrapping_add(n / 4 * self.step)
    }
}

/// yᵢ ← f(aᵢ, bᵢ). `y` may be `a` or `b`.
///
/// # Safety
/// `a` and `b` readable and `y` writable for `n` floats.
#[inline(always)]
pub unsafe fn each2(n: usize, a: *const f32, b: *const f32, y: *mut f32, f: impl Fn(Lanes, Lanes) -> Lanes) {
    // SAFETY: the caller's promise.
    unsafe { each_pair(n, from(a), from(b), y, f) }
}

/// As `each2`, of operands that may be one number.
///
/// # Safety
/// As `each2`.
#[inline(always)]
pub unsafe fn each_pair(n: usize, a: Operand, b: Operand, y: *mut f32, f: impl Fn(Lanes, Lanes) -> Lanes) {
    let whole = n / 4 * 4;
    // SAFETY: as in `each1`.
    unsafe {
        vectors2(whole, a, b, y, &f);
        if whole < n {
            let [mut last, b] = [a, b].map(|x| Lanes::load_first(n - whole, x.after(whole), 0.0));
            vectors2(4, from((&raw const last).cast()), from((&raw const b).cast()), (&raw mut last).cast(), &f);
            last.store_first(n - whole, y.add(whole));
        }
    }
}

/// As `vectors1`.
#[inline(never)]
unsafe fn vectors2(n: usize, a: Operand, b: Operand, y: *mut f32, f: &impl Fn(Lanes, Lanes) -> Lanes) {
    let (mut from_a, mut from_b) = (a.start, b.start);
    for i in (0..n).step_by(4) {
        // SAFETY: the promise of `each2`.
        unsafe {
            f(Lanes::load(from_a), Lanes::load(from_b)).store(y.add(i));
            (from_a, from_b) = (from_a.add(a.step), from_b.add(b.step));
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
