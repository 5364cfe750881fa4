//! The oracle: attention and its gradients as their formulas say, in f64; and the tests that compare the kernels with it.

use super::backward::attention_backward;
use super::forward::attention;
use crate::scratch_bytes;
use crate::testing::{Random, assert_close, wide};

/// One head; rows of K + 3 floats, of which K count.
struct Case {
    queries: usize,
    keys: usize,
    size: usize,
    value_size: usize,
    scale: f32,
    ahead: isize,
    q: Vec<f32>,
    k: Vec<f32>,
    v: Vec<f32>,
    dy: Vec<f32>,
}

const GAP: usize = 3;

struct Results<T> {
    y: Vec<T>,
    dq: Vec<T>,
    dk: Vec<T>,
    dv: Vec<T>,
}

impl Case {
    fn new(queries: usize, keys: usize, size: usize, value_size: usize, ahead: isize, random: &mut Random) -> Case {
        let mut rows = |count: usize, size: usize| random.numbers(count * (size + GAP), 1.0);
        let [q, k] = [queries, keys].map(|count| rows(count, size));
        let [v, dy] = [keys, queries].map(|count| rows(count, value_size));
        Case { queries, keys, size, value_size, scale: 0.7, ahead, q, k, v, dy }
    }

    /// Runs the kernels; where `adds`, on gradients of 1. Rows of results have gaps too, which must stay as they are.
    fn run(&self, adds: bool) -> Results<f32> {
        let Case { queries, keys, size, value_size, scale, ahead, .. } = *self;
        let result = |count: usize, size: usize| vec![if adds { 1.0f32 } else { 7.0 }; count * (size + GAP)];
        let mut r = Results {
            y: result(queries, value_size),
            dq: result(queries, size),
            dk: result(keys, size),
            dv: result(keys, value_size),
        };
        let (mut stats, mut scratch) = (vec![f32::NAN; 2 * queries], vec![f32::NAN; scratch_bytes() / 4]);
        let [step, value_step] = [size, value_size].map(|size| (size + GAP) as isize);
        // SAFETY: the vectors hold all rows.
        let flops = unsafe {
            #[rustfmt::skip]
            let forward = attention(
                queries, keys, size, value_size, scale, ahead,
                self.q.as_ptr(), step, self.k.as_ptr(), step, self.v.as_ptr(), value_step,
                r.y.as_mut_ptr(), value_step, stats.as_mut_ptr(), scratch.as_mut_ptr(),
            );
            #[rustfmt::skip]
            let backward = attention_backward(
                queries, keys, size, value_size, scale, ahead,
                self.q.as_ptr(), step, self.k.as_ptr(), step, self.v.as_ptr(), value_step,
                self.dy.as_ptr(), value_step, stats.as_ptr(),
                r.dq.as_mut_ptr(), step, r.dk.as_mut_ptr(), step, r.dv.as_mut_ptr(), value_step,
                adds.into(), scratch.as_mut_ptr(),
            );
            forward + backward
        };
        let seen: usize = (0..queries).map(|t| self.seen(t)).sum();
        let all = |pairs: usize| (2 * pairs * (4 * size + 3 * value_size)) as f64;
        assert!(flops >= all(seen) && flops <= all(queries * keys), "{flops} FLOPs");
        r
    }

    fn seen(&self, t: usize) -> usize {
        (t as isize + self.ahead + 1).clamp(0, self.keys as isize) as usize
    }

    fn naive(&self) -> Results<f64> {
        let Case { queries, keys, size, value_size, .. } = *self;
        let scale = f64::from(self.scale);
        let zeros = |count: usize, size: usize| vec![0.0; count * (size + GAP)];
        let mut r = Results {
            y: zeros(queries, value_size),
            dq: zeros(queries, size),
            dk: zeros(keys, size),
            dv: zeros(keys, value_size),
        };
        let (step, value_step) = (size + GAP, value_size + GAP);
        let [q, k, v, dy] = [&self.q, &self.k, &self.v, &self.dy].map(|x| wide(x));
        let dot = |a: &[f64], b: &[f64], n: usize| -> f64 { (0..n).map(|i| a[i] * b[i]).sum() };
        for t in 0..queries {
            let n = self.seen(t);
            let z: Vec<f64> = (0..n).map(|s| scale * dot(&q[t * step..], &k[s * step..], size)).collect();
            let top = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let e: Vec<f64> = z.iter().map(|z| (z - top).exp()).collect();
            let total: f64 = e.iter().sum();
            let dp: Vec<f64> = (0..n).map(|s| dot(&dy[t * value_step..], &v[s * value_step..], value_size)).collect();
            let along: f64 = (0..n).map(|s| e[s] / total * dp[s]).sum();
            for s in 0..n {
                let p = e[s] / total;
                let ds = p * (dp[s] - along) * scale;
                for i in 0..value_size {
                    r.y[t * value_step + i] += p * v[s * value_step + i];
                    r.dv[s * value_step + i] += p * dy[t * value_step + i];
                }
                for i in 0..size {
                    r.dq[t * step + i] += ds * k[s * step + i];
                    r.dk[s * step + i] += ds * q[t * step + i];
                }
            }
        }
        r
    }

    fn check(&self) {
        let expected = self.naive();
        for adds in [false, true] {
            let got = self.run(adds);
            let more = if adds { 1.0 } else { 0.0 };
            compare(&got.y, &expected.y, self.value_size, 0.0);
            compare(&got.dq, &expected.dq, self.size, 0.0);
            compare(&got.dk, &expected.dk, self.size, more);
            compare(&got.dv, &expected.dv, self.value_size, more);
        }
    }
}

/// Rows of `size` are what is expected, `more` added; the gaps between them were not written.
fn compare(got: &[f32], expected: &[f64], size: usize, more: f64) {
    let mut untouched = got.iter().skip(size).step_by(size + GAP);
    assert!(untouched.all(|&x| x == 1.0 || x == 7.0), "beside a row was written");
    for (got, expected) in got.chunks(size + GAP).zip(expected.chunks(size + GAP)) {
        let expected: Vec<f64> = expected[..size].iter().map(|x| x + more).collect();
        assert_close(&got[..size], &expected, 1e-4);
    }
}

#[test]
fn equals_its_formulas_for_sizes_around_the_block() {
    let mut random = Random(11);
    for (queries, keys) in [(1, 1), (1, 9), (5, 5), (24, 24), (25, 25), (20, 61), (64, 64), (70, 70), (9, 4)] {
        for (size, value_size) in [(4, 4), (5, 3), (16, 8)] {
            for ahead in [keys as isize - queries as isize, keys as isize, 1] {
                if ahead + queries as isize >= keys as isize {
                    Case::new(queries, keys, size, value_size, ahead, &mut random).check();
                }
            }
        }
    }
}

#[test]
fn long_rows_make_smaller_blocks() {
    let mut random = Random(12);
    Case::new(11, 5_000, 2, 1, 4_989, &mut random).check();
}

#[test]
fn what_is_not_seen_changes_nothing_were_it_no_number() {
    let mut random = Random(13);
    let clean = Case::new(30, 30, 6, 5, 0, &mut random);
    let before = clean.run(false);
    for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let at = 17;
        let mut case = Case::new(30, 30, 6, 5, 0, &mut Random(13));
        case.k[at * 9] = odd;
        case.v[at * 8] = odd;
        case.q[at * 9 + 1] = odd;
        let after = case.run(false);
        assert!(after.y[at * 8].is_nan() && after.dq[at * 9].is_nan());
        let same = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(same(&after.y[..at * 8], &before.y[..at * 8]), "{odd} among the keys reached queries before it");
        assert!(same(&after.dq[..at * 9], &before.dq[..at * 9]));

        let mut case = Case::new(30, 30, 6, 5, 0, &mut Random(13));
        case.dy[at * 8] = odd;
        let after = case.run(false);
        assert!(after.dk[at * 9].is_nan() && !after.dv[at * 8].is_finite());
        assert!(
            same(&after.dk[(at + 1) * 9..], &before.dk[(at + 1) * 9..]),
            "{odd} reached keys that its query sees not"
        );
        assert!(same(&after.dv[(at + 1) * 8..], &before.dv[(at + 1) * 8..]));
    }
}

#[test]
fn queries_that_see_nothing_but_minus_infinity_give_zeros() {
    let mut case = Case::new(3, 8, 1, 2, 8, &mut Random(14));
    case.q = vec![1.0; 3 * 4];
    case.k = vec![f32::NEG_INFINITY; 8 * 4];
    let r = case.run(false);
    assert!(r.y.chunks(5).all(|row| row[..2] == [0.0; 2]));
    assert!(r.dv.chunks(5).all(|row| row[..2] == [0.0; 2]));
}
