//! The k largest of each row: what a router chooses.

/// Positions of the `k` largest of `n` numbers of each row, largest first; the earlier one among equals; NaN counts as
/// largest. By insertion into k places: for the few experts that a token picks this beats sorting.
///
/// # Safety
/// `x` readable for rows·n floats, `places` writable for rows·k numbers; k ≤ n.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn top_k(rows: usize, n: usize, k: usize, x: *const f32, places: *mut u32) {
    for r in 0..rows {
        // SAFETY: row r; `filled` ≤ k places are written.
        unsafe {
            let (x, places) = (x.add(r * n), places.add(r * k));
            let mut filled = 0;
            for i in 0..n {
                let mut place = filled;
                while place > 0 && before(*x.add(i), *x.add(*places.add(place - 1) as usize)) {
                    place -= 1;
                }
                if place >= k {
                    continue;
                }
                let last = filled.min(k - 1);
                for j in (place..last).rev() {
                    *places.add(j + 1) = *places.add(j);
                }
                *places.add(place) = i as u32;
                filled = (filled + 1).min(k);
            }
        }
    }
}

#[inline(always)]
fn before(a: f32, b: f32) -> bool {
    a > b || (a.is_nan() && !b.is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn the_largest_come_first_and_the_earlier_among_equals() {
        let mut random = Random(11);
        for n in 1..12 {
            for k in 0..=n {
                // Few different numbers, so that many are equal; a NaN in every third row.
                let mut x: Vec<f32> = (0..3 * n).map(|_| random.below(4) as f32).collect();
                x[random.below(n)] = f32::NAN;
                let mut places = vec![u32::MAX; 3 * k];
                // SAFETY: three rows.
                unsafe { top_k(3, n, k, x.as_ptr(), places.as_mut_ptr()) };
                for r in 0..3 {
                    let row = &x[r * n..][..n];
                    let mut order: Vec<u32> = (0..n as u32).collect();
                    let key = |i: &u32| if row[*i as usize].is_nan() { f32::INFINITY } else { row[*i as usize] };
                    order.sort_by(|a, b| key(b).total_cmp(&key(a)));
                    assert_eq!(places[r * k..][..k], order[..k]);
                }
            }
        }
    }
}
