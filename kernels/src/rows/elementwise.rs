//! a + b, a − b, a·b and a / b, where a shorter operand repeats: a bias over rows, a number over everything.

use super::each::{always, each_pair, each1, from};
use crate::lanes::Lanes;

/// yᵢ ← f(a[i mod period of a], b[i mod period of b]). Each period divides `n`, and one is a multiple of the other.
///
/// # Safety
/// `a` readable for `a_period` floats, `b` for `b_period`, `y` writable for `n`; `y` may be an operand of period `n`.
#[inline(always)]
unsafe fn combine(
    n: usize,
    a: *const f32,
    a_period: usize,
    b: *const f32,
    b_period: usize,
    y: *mut f32,
    f: impl Fn(Lanes, Lanes) -> Lanes,
) {
    if n == 0 {
        return;
    }
    // SAFETY: the caller's promise; in each run both operands have `run` floats left.
    unsafe {
        let fours = [[*a; 4], [*b; 4]];
        let run = if a_period == 1 || b_period == 1 { a_period.max(b_period) } else { a_period.min(b_period) };
        let (mut at, mut at_a, mut at_b) = (0, 0, 0);
        while at < n {
            let a = if a_period == 1 { always(&fours[0]) } else { from(a.add(at_a)) };
            let b = if b_period == 1 { always(&fours[1]) } else { from(b.add(at_b)) };
            each_pair(run, a, b, y.add(at), &f);
            at += run;
            at_a = if at_a + run == a_period { 0 } else { at_a + run };
            at_b = if at_b + run == b_period { 0 } else { at_b + run };
        }
    }
}

macro_rules! elementwise {
    ($name:ident, $f:path) => {
/// # Safety
        /// As `combine`.
        #[rustfmt::skip]
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            n: usize, a: *const f32, a_period: usize, b: *const f32, b_period: usize, y: *mut f32,
        ) {
            // SAFETY: the caller's promise.
            unsafe { combine(n, a, a_period, b, b_period, y, $f) }
        }
    };
}

elementwise!(add, Lanes::add);
elementwise!(sub, Lanes::sub);
elementwise!(mul, Lanes::mul);
elementwise!(div, Lanes::div);

/// xᵢ ← s·xᵢ.
///
/// # Safety
/// `x` writable for `n` floats.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scale(n: usize, x: *mut f32, s: f32) {
    let s = Lanes::splat(s);
    // SAFETY: the caller's promise.
    unsafe { each1(n, x, x, |x| x.mul(s)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn each_operand_repeats_with_its_period() {
        let mut random = Random(2);
        type Op = (unsafe extern "C" fn(usize, *const f32, usize, *const f32, usize, *mut f32), fn(f32, f32) -> f32);
        let ops: [Op; 4] = [(add, |a, b| a + b), (sub, |a, b| a - b), (mul, |a, b| a * b), (div, |a, b| a / b)];
        for (n, p, q) in
            [(0, 1, 1), (1, 1, 1), (7, 7, 7), (30, 30, 5), (30, 5, 30), (12, 12, 1), (12, 1, 12), (24, 6, 1)]
        {
            let (a, b) = (random.numbers(p, 2.0), random.numbers(q, 2.0));
            for (op, f) in ops {
                let mut y = vec![f32::NAN; n];
                // SAFETY: the vectors are as long as their periods.
                unsafe { op(n, a.as_ptr(), p, b.as_ptr(), q, y.as_mut_ptr()) };
                for (i, &y) in y.iter().enumerate() {
                    assert_eq!(y, f(a[i % p], b[i % q]));
                }
            }
        }
    }

    #[test]
    fn scale_multiplies_in_place() {
        let mut x = [1.0, 2.0, 3.0, 4.0, 5.0];
        // SAFETY: five floats.
        unsafe { scale(5, x.as_mut_ptr(), 0.5) };
        assert_eq!(x, [0.5, 1.0, 1.5, 2.0, 2.5]);
    }
}
