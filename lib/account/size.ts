/** Sizes that know the letters they come from, so that one definition of a model gives its count and its formula. */

/** Order of the letters inside a product: what is counted first, then rows and columns. */
const ORDER = ["L", "E", "k", "V", "T", "D", "H", "K", "F"];
const rank = (letter: string): number => {
  const at = ORDER.indexOf(letter[0]);
  return at < 0 ? ORDER.length : at;
};

/** An integer with a formula: a sum of products of letters, such as 2·D·H + D. Like products are collected. */
export class Size {
  private constructor(
    /** Exact, however large. */
    readonly value: bigint,
    /** Product of letters, joined by "*" ("" for none) -> how often it occurs. */
    private readonly terms: ReadonlyMap<string, bigint>,
  ) {}

  /** A number that the architecture fixes. */
  static of(value: number): Size {
    const exact = BigInt(value);
    return new Size(exact, new Map(exact === 0n ? [] : [["", exact]]));
  }

  /** A number of the config. A letter stands for it, with an index after "_": "H_kv". */
  static named(letter: string, value: number): Size {
    return new Size(BigInt(value), new Map([[letter, 1n]]));
  }

  plus(other: Size): Size {
    const terms = new Map(this.terms);
    for (const [product, times] of other.terms) terms.set(product, (terms.get(product) ?? 0n) + times);
    return new Size(this.value + other.value, terms);
  }

  times(other: Size | number): Size {
    if (typeof other === "number") return this.times(Size.of(other));
    const terms = new Map<string, bigint>();
    for (const [a, m] of this.terms)
      for (const [b, n] of other.terms) {
        const product = joined(a, b);
        terms.set(product, (terms.get(product) ?? 0n) + m * n);
      }
    return new Size(this.value * other.value, terms);
  }

  /** In the syntax of mathjs: `2*D*H + D`. */
  get text(): string {
    const products = [...this.terms].map(([product, times]) =>
      product === "" ? String(times) : times === 1n ? powers(product) : `${times}*${powers(product)}`,
    );
    return products.join(" + ") || "0";
  }

  /** True where the text needs parentheses inside a product. */
  get isSum(): boolean {
    return this.terms.size > 1;
  }
}

export const ZERO = Size.of(0);
export const ONE = Size.of(1);
export const TWO = Size.of(2);

export const sum = (sizes: readonly Size[]): Size => sizes.reduce((total, size) => total.plus(size), ZERO);
export const product = (...sizes: readonly Size[]): Size => sizes.reduce((total, size) => total.times(size), ONE);

function joined(a: string, b: string): string {
  const letters = [...a.split("*"), ...b.split("*")].filter((letter) => letter !== "");
  return letters.sort((x, y) => rank(x) - rank(y) || (x < y ? -1 : x > y ? 1 : 0)).join("*");
}

/** D*D*F -> D^2*F. */
function powers(product: string): string {
  const times = new Map<string, number>();
  for (const letter of product.split("*")) times.set(letter, (times.get(letter) ?? 0) + 1);
  return [...times].map(([letter, power]) => (power === 1 ? letter : `${letter}^${power}`)).join("*");
}
