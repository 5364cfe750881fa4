//! One step of Adam or AdamW over a whole parameter, in one pass: four arrays read, three written.
//! Source: Kingma & Ba 2014, alg. 1; Loshchilov & Hutter 2017, alg. 2.

use crate::lanes::Lanes;

/// ```text
/// p ← p·weight_decay_factor                     AdamW's decay: 1 − lr·decay
/// g ← g + decay·p                  Adam's decay
/// m ← b1·m + (1 − b1)·g,  v ← b2·v + (1 − b2)·g²
/// p ← p − size·m / (√v·inv_sqrt_bias_correction2 + eps)
/// ```
/// with size = lr / (1 − b1ᵗ) and inv_sqrt_bias_correction2 = 1 / √(1 − b2ᵗ). `c1` is 1 − b1 and `c2` is 1 − b2, rounded once.
///
/// # Safety
/// `p`, `m` and `v` writable and `g` readable for `n` floats; all apart from each other.
#[rustfmt::skip]
#[allow(clippy::too_many_arguments)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn adam(
    n: usize, p: *mut f32, g: *const f32, m: *mut f32, v: *mut f32,
    b1: f32, c1: f32, b2: f32, c2: f32, size: f32, inv_sqrt_bias_correction2: f32, eps: f32, weight_decay_factor: f32, decay: f32,
) {
    let [b1, c1, b2, c2, inv_sqrt_bias_correction2, eps] = [b1, c1, b2, c2, inv_sqrt_bias_correction2, eps].map(Lanes::splat);
    let [step, weight_decay_factor, decay] = [-size, weight_decay_factor, decay].map(Lanes::splat);
    let update = |p: Lanes, g: Lanes, m: Lanes, v: Lanes| {
        let p = p.mul(weight_decay_factor);
        let g = g.mul_add(decay, p);
        let m = b1.mul(m).mul_add(c1, g);
        let v = b2.mul(v).mul_add(c2.mul(g), g);
        (p.mul_add(step, m.div(v.sqrt().mul(inv_sqrt_bias_correction2).add(eps))), m, v)
    };
    for i in (0..n).step_by(4) {
        let left = n - i;
        // SAFETY: the caller's promise; `left` floats are left.
        unsafe {
            let four = |from: *const f32| Lanes::load_up_to(left, from.add(i), 1.0);
            let (new_p, new_m, new_v) = update(four(p), four(g), four(m), four(v));
            new_p.store_up_to(left, p.add(i));
            new_m.store_up_to(left, m.add(i));
            new_v.store_up_to(left, v.add(i));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LENGTHS, Random, assert_close, wide};

    #[test]
    fn one_step_is_its_formula() {
        let mut random = Random(9);
        let (b1, b2, size, inv_sqrt_bias_correction2, eps) = (0.9f64, 0.99f64, 0.01f64, 1.5f64, 1e-8f64);
        for (weight_decay_factor, decay) in [(1.0, 0.0), (0.9f64, 0.0), (1.0, 0.1f64)] {
            for n in LENGTHS {
                let [mut p, g, mut m] = [0; 3].map(|_| random.numbers(n, 1.0));
                let mut v: Vec<f32> = random.numbers(n, 1.0).into_iter().map(f32::abs).collect();
                let mut expected = [wide(&p), wide(&m), wide(&v)];
                for i in 0..n {
                    let p = expected[0][i] * weight_decay_factor;
                    let g = f64::from(g[i]) + decay * p;
                    expected[1][i] = b1 * expected[1][i] + (1.0 - b1) * g;
                    expected[2][i] = b2 * expected[2][i] + (1.0 - b2) * g * g;
                    expected[0][i] =
                        p - size * expected[1][i] / (expected[2][i].sqrt() * inv_sqrt_bias_correction2 + eps);
                }
                // SAFETY: n floats each.
                unsafe {
                    #[rustfmt::skip]
                    adam(
                        n, p.as_mut_ptr(), g.as_ptr(), m.as_mut_ptr(), v.as_mut_ptr(),
                        b1 as f32, (1.0 - b1) as f32, b2 as f32, (1.0 - b2) as f32,
                        size as f32, inv_sqrt_bias_correction2 as f32, eps as f32, weight_decay_factor as f32, decay as f32,
                    );
                }
                for (values, expected) in [p, m, v].iter().zip(&expected) {
                    assert_close(values, expected, 1e-6);
                }
            }
        }
    }
}
