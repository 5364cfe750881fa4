import { Generator } from "../../../lib/index.js";
import type { FrameOptions, Figure, HtmlFigure } from "../../../lib/plot/index.js";

/** What every figure is drawn from in test/plot/design, test/browser/sizes and `npm run bench -- plots`: rows as people have them, and
 *  rows at the ends. */
export type CaseName =
  | "typical"
  | "empty"
  | "one row"
  | "zeros"
  | "not a number"
  | "two experts"
  | "256 experts"
  | "10,000 rows"
  | "long names";

/** Draws one figure with the rows of each case. What a case has no meaning for is left out. */
export type Cases = Readonly<Partial<Record<CaseName, (options: FrameOptions) => Figure | HtmlFigure>>>;

/** n times `row`, for the index and a number from 0 to 1 that is random and always the same. */
export function rows<Row>(n: number, row: (i: number, chance: () => number) => Row): Row[] {
  const rng = new Generator(n);
  return Array.from({ length: n }, (_, i) => row(i, () => rng.uniform()));
}

/** `make`, which makes the rows of the same arguments once: drawing a case again, at another width or against the clock, is then
 *  drawing alone. */
export function once<Given extends readonly unknown[], Made>(
  make: (...given: Given) => Made,
): (...given: Given) => Made {
  const made = new Map<string, Made>();
  return (...given) => {
    const key = JSON.stringify(given);
    if (!made.has(key)) made.set(key, make(...given));
    return made.get(key)!;
  };
}

/** E shares that sum to 1, uneven as those of a router. */
export function shares(nExpert: number, chance: () => number): number[] {
  const parts = Array.from({ length: nExpert }, () => chance() ** 2 + 1e-3);
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => part / sum);
}

export const LONG = [
  "a mixture of experts with a rather long name, trained on everything",
  "混合专家模型：一个名字非常长的大型语言模型",
  "専門家の混合",
  "👩‍🔬👨‍👩‍👧‍👦 emoji",
];
