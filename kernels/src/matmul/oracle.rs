//! The oracle: matrix multiplication as its definition says, in f64; and the tests that compare the kernel with it.

use crate::matmul::matrix::Matrix;
use crate::matmul::{SCRATCH, matmul};
use crate::testing::Random;

/// One matrix (or a batch) in a vector of its own, with strides.
struct Operand {
    data: Vec<f32>,
    row: usize,
    col: usize,
    batch: usize,
}

/// How an operand lies in memory.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Layout {
    Rows,
    Columns,
    /// Every second element of every row, rows five elements apart from each other.
    Gaps,
    /// One matrix for all products of the batch.
    Shared,
}
const LAYOUTS: [Layout; 4] = [Layout::Rows, Layout::Columns, Layout::Gaps, Layout::Shared];

impl Operand {
    fn new(layout: Layout, rows: usize, cols: usize, batch: usize, random: &mut Random) -> Operand {
        let (row, col) = match layout {
            Layout::Rows | Layout::Shared => (cols, 1),
            Layout::Columns => (1, rows),
            Layout::Gaps => (2 * cols + 5, 2),
        };
        let size = if layout == Layout::Gaps { rows * row } else { rows * cols };
        let count = if layout == Layout::Shared { 1 } else { batch };
        let data = (0..size * count).map(|_| random.next()).collect();
        Operand { data, row, col, batch: if layout == Layout::Shared { 0 } else { size } }
    }

    fn at(&self, t: usize, i: usize, j: usize) -> usize {
        t * self.batch + i * self.row + j * self.col
    }
}

/// Runs the kernel and the definition, and compares every element of C's vector, those between the rows included.
fn check(m: usize, k: usize, n: usize, batch: usize, layouts: [Layout; 2], accumulate: bool, random: &mut Random) {
    let a = Operand::new(layouts[0], m, k, batch, random);
    let b = Operand::new(layouts[1], k, n, batch, random);
    let mut c = Operand::new(Layout::Rows, m, n + 3, batch, random);
    let before = c.data.clone();
    let mut scratch = vec![f32::NAN; SCRATCH];
    // SAFETY: the vectors hold all elements that the strides reach.
    unsafe {
        #[rustfmt::skip]
        matmul(
            m, k, n, batch,
            a.data.as_ptr(), a.row as isize, a.col as isize, a.batch as isize,
            b.data.as_ptr(), b.row as isize, b.col as isize, b.batch as isize,
            c.data.as_mut_ptr(), c.row as isize, c.batch as isize,
            accumulate.into(), scratch.as_mut_ptr(),
        );
    }
    for t in 0..batch {
        for i in 0..m {
            for j in 0..n + 3 {
                let at = c.at(t, i, j);
                let old = f64::from(before[at]);
                if j >= n {
                    assert_eq!(c.data[at], before[at], "[{t}, {i}, {j}] beside the product was written");
                    continue;
                }
                let mut sum = if accumulate { old } else { 0.0 };
                let mut magnitude = sum.abs();
                for p in 0..k {
                    let term = f64::from(a.data[a.at(t, i, p)]) * f64::from(b.data[b.at(t, p, j)]);
                    sum += term;
                    magnitude += term.abs();
                }
                // Each of k + 1 additions rounds by at most half an epsilon of what was summed so far.
                let bound = (k + 2) as f64 * f64::from(f32::EPSILON) * magnitude;
                let error = (f64::from(c.data[at]) - sum).abs();
                assert!(error <= bound, "{m}×{k}×{n} {layouts:?} [{t}, {i}, {j}]: {} is not {sum}", c.data[at]);
            }
        }
    }
}

#[test]
fn all_sizes_around_the_tile() {
    let mut random = Random(1);
    for m in 1..=14 {
        for n in 1..=18 {
            for k in [0, 1, 2, 3, 4, 5, 11] {
                check(m, k, n, 1, [Layout::Rows, Layout::Rows], (m + n) % 2 == 0, &mut random);
            }
        }
    }
}

#[test]
fn odd_sizes_in_every_layout() {
    let mut random = Random(2);
    for a in LAYOUTS {
        for b in LAYOUTS {
            for _ in 0..12 {
                let [m, k, n] = [0; 3].map(|_| 1 + random.below(70));
                let (batch, accumulate) = (1 + random.below(3), random.below(2) == 1);
                check(m, k, n, batch, [a, b], accumulate, &mut random);
            }
        }
    }
}

#[test]
fn sizes_where_blocks_end() {
    let mut random = Random(3);
    for (m, k, n) in [(99, 259, 261), (7, 513, 300), (193, 17, 3), (1, 600, 530), (2, 300, 41)] {
        for a in [Layout::Rows, Layout::Columns] {
            for b in [Layout::Rows, Layout::Columns] {
                check(m, k, n, 1, [a, b], true, &mut random);
            }
        }
    }
}

#[test]
fn no_rows_or_columns_is_nothing_to_do() {
    let mut random = Random(4);
    for (m, n) in [(0, 0), (0, 9), (9, 0)] {
        for b in LAYOUTS {
            check(m, 5, n, 2, [Layout::Rows, b], false, &mut random);
        }
    }
}

#[test]
fn packing_follows_its_formula_and_fills_with_zeros() {
    let mut random = Random(5);
    for (row, col) in [(1, 16), (16, 1), (3, 40)] {
        let data: Vec<f32> = (0..1000).map(|_| random.next()).collect();
        let source = Matrix { start: data.as_ptr(), row, col };
        for step in 1..=8 {
            for width in 1..=step {
                for k in [0, 1, 4, 7, 13] {
                    let mut panel = vec![f32::NAN; step * k];
                    // SAFETY: 8 rows and 13 columns of these strides are inside `data`.
                    unsafe { crate::matmul::pack::pack(source, width, k, panel.as_mut_ptr(), step) };
                    for (at, &value) in panel.iter().enumerate() {
                        let (p, w) = (at / step, at % step);
                        let expected = if w < width { data[w * row as usize + p * col as usize] } else { 0.0 };
                        assert_eq!(value, expected, "lane {w} of step {p}");
                    }
                }
            }
        }
    }
}
