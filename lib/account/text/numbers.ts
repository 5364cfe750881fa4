/** Numbers of a table in a terminal. They always have three digits, zeros at the end too: in a column 47.0B stands below 46.7B. In figures,
 *  where a number stands alone, lib/text/numbers.ts leaves these zeros out. */

import { prefixFor, threeDigits, unitOf } from "../../text/numbers.js";

export { grouped, inWords as rounded } from "../../text/numbers.js";

/** 46.7B. */
export function short(value: bigint | number): string {
  const { size, letter } = unitOf(value);
  return letter ? `${threeDigits(Number(value) / size)}${letter}` : String(value);
}

/** Bytes, decimal: 14.0 GB. */
export function bytes(value: number): string {
  const { size, prefix } = prefixFor(value);
  return `${prefix ? threeDigits(value / size) : Math.round(value)} ${prefix}B`;
}

/** 27.6 %, 0.11 %, and 0.0024 %: a share that is not 0 is never written as 0.00 %. */
export function percent(share: number): string {
  const isSmall = share !== 0 && Math.abs(share) < 1e-4;
  return `${isSmall ? Number((100 * share).toPrecision(2)) : threeDigits(100 * share)} %`;
}
