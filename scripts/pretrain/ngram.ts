/** What a model must beat: the next character from the four before it, by counting. */

/** An n-gram model of characters with interpolated Kneser-Ney smoothing: the count of a context and character, less a discount, and
 *  what is discounted goes to the context without its first character, where it counts how many different contexts came before. The
 *  discount of each order is n₁ / (n₁ + 2 n₂), of the n-grams that occur once and twice.
 *  Source: Kneser & Ney 1995; in this form Chen & Goodman 1999, §2.7 */
export class NGram {
  /** By length of the n-gram, from 1: how often it counts; for each context, the sum of these counts and of how many n-grams. */
  readonly #orders: {
    counts: Map<string, number>;
    sums: Map<string, number>;
    kinds: Map<string, number>;
    discount: number;
  }[];
  readonly #alphabet: number;

  constructor(
    text: string,
    readonly n = 5,
  ) {
    this.#alphabet = new Set(text).size + 1; // and one for all that never occurred
    let counts = new Map<string, number>();
    for (let at = 0; at + n <= text.length; at++) increase(counts, text.slice(at, at + n));
    const orders = [];
    for (let k = n; k >= 1; k--) {
      const [sums, kinds, times] = [new Map<string, number>(), new Map<string, number>(), [0, 0, 0]];
      const shorter = new Map<string, number>();
      for (const [gram, count] of counts) {
        increase(sums, gram.slice(0, -1), count);
        increase(kinds, gram.slice(0, -1));
        if (count <= 2) times[count]++;
        increase(shorter, gram.slice(1));
      }
      const discount = times[1] > 0 ? times[1] / (times[1] + 2 * times[2]) : 0.1; // of letters, none may occur once
      orders.unshift({ counts, sums, kinds, discount });
      counts = shorter;
    }
    this.#orders = orders;
  }

  /** p of the last character of `gram`, given those before it. */
  probability(gram: string): number {
    let p = 1 / this.#alphabet;
    for (const [i, { counts, sums, kinds, discount }] of this.#orders.entries()) {
      const own = gram.slice(this.n - 1 - i);
      const context = own.slice(0, -1);
      const sum = sums.get(context);
      if (sum === undefined) continue;
      p = (Math.max((counts.get(own) ?? 0) - discount, 0) + discount * kinds.get(context)! * p) / sum;
    }
    return p;
  }

  /** −log₂ p per character; those at the start, that have too few before them, are left out. */
  bits(text: string): number {
    let bits = 0;
    for (let end = this.n; end <= text.length; end++)
      bits -= Math.log2(this.probability(text.slice(end - this.n, end)));
    return bits / (text.length - this.n + 1);
  }
}

function increase(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
