/** `tsx scripts/pretrain/arithmetic.ts`: writes assets/domains/arithmetic.txt, the same each time (test/data/domains.test.ts). */

import { writeFileSync } from "node:fs";
import { Generator } from "../../lib/tensor/random.js";

/** A whole number of one, two or three digits, each length as likely. */
const number = (rng: Generator, digits = 3): number => rng.below(10 ** (1 + rng.below(digits)));

/** One sum, difference, product, division with rest or comparison a line. */
const lines: readonly ((rng: Generator) => string)[] = [
  (rng) => said(number(rng), "+", number(rng), (a, b) => a + b),
  (rng) => said(number(rng), "-", number(rng), (a, b) => a - b),
  (rng) => said(number(rng, 2), "*", number(rng, 2), (a, b) => a * b),
  (rng) => said(number(rng), "/", 1 + rng.below(9), (a, b) => `${Math.floor(a / b)} rest ${a % b}`),
  (rng) => said(number(rng), "?", number(rng), (a, b) => (a < b ? "less" : a > b ? "more" : "same")),
  (rng) => {
    const [a, b, c] = [number(rng, 2), number(rng, 2), 2 + rng.below(8)];
    return `(${a} + ${b}) * ${c} = ${a + b} * ${c} = ${(a + b) * c}`;
  },
];

const said = (a: number, sign: string, b: number, result: (a: number, b: number) => number | string): string =>
  `${a} ${sign} ${b} = ${result(a, b)}`;

/** As many lines as fit into `size` characters. */
export function arithmetic(size: number, seed = 1): string {
  const rng = new Generator(seed).fork("arithmetic");
  let text = "";
  for (;;) {
    const line = `${lines[rng.below(lines.length)](rng)}\n`;
    if (text.length + line.length > size) return text;
    text += line;
  }
}

if (process.argv[1]?.endsWith("arithmetic.ts"))
  writeFileSync(new URL("../../assets/domains/arithmetic.txt", import.meta.url), arithmetic(2_400_000));
