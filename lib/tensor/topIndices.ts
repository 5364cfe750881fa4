/** Which of many numbers are the largest. */

/** For up to this many, insertion beats sorting. */
const FEW = 16;

/** Writes the positions of the k largest of `n` numbers from X[first] on to out[to], largest first; the earlier one among
 *  equals; NaN counts as largest. */
export function topIndices(
  X: ArrayLike<number>,
  first: number,
  n: number,
  k: number,
  out: Int32Array | Float32Array,
  to: number,
): void {
  if (k > FEW) {
    out.set(sortedIndices(X, first, n, true).subarray(0, k), to);
    return;
  }
  let filled = 0;
  for (let i = 0; i < n; i++) {
    const value = X[first + i];
    let place = filled;
    while (place > 0 && isBefore(value, X[first + out[to + place - 1]])) place--;
    if (place >= k) continue;
    for (let j = Math.min(filled, k - 1); j > place; j--) out[to + j] = out[to + j - 1];
    out[to + place] = i;
    if (filled < k) filled++;
  }
}

/** Positions of `n` numbers from X[first] on, in rising or falling order; equals keep theirs; NaN counts as largest. */
export function sortedIndices(X: ArrayLike<number>, first: number, n: number, descending: boolean): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const sign = descending ? 1 : -1;
  return order.sort((i, j) => {
    const [a, b] = [X[first + i], X[first + j]];
    return isBefore(a, b) ? -sign : isBefore(b, a) ? sign : i - j;
  });
}

/** True when `a` comes before `b` in falling order. */
const isBefore = (a: number, b: number): boolean => a > b || (a !== a && b === b);
