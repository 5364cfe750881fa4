/** How many experts a batch touches: "only a few work" is true of a token, not of a batch. */

import { checkIntegers } from "../config/options.js";

/** Experts of one layer that at least one of B tokens is sent to, on average, where each token takes k of E by chance, all alike:
 *  E · (1 - (1 - k / E)^B). With B 1 that is k; it is never above min(E, B · k). A trained router that prefers some experts touches
 *  fewer; one whose tokens differ more than by chance, more.
 *  @example
 *  ```ts
 *  import { expertsTouched } from "twinformer/cost";
 *
 *  console.log(expertsTouched(8, 2, 8) / 8); // 0.8999: nine of ten experts of Mixtral work on a batch of 8
 *  ```
 */
export function expertsTouched(experts: number, topK: number, tokens: number): number {
  checkIntegers("expertsTouched", { experts, topK }, { from: 0 });
  checkIntegers("expertsTouched", { tokens }, { from: 0 });
  if (topK > experts)
    throw new RangeError(`expertsTouched: topK must be at most the number of experts ${experts}, got ${topK}`);
  if (experts === 0 || topK === 0 || tokens === 0) return 0;
  return tokens === 1 ? topK : experts * atLeastOnce(topK / experts, tokens);
}

/** 1 - (1 - p)^B: the chance that what happens to a token with p happens to one of B. By logarithms, or all digits are lost where p is
 *  small. */
export const atLeastOnce = (p: number, tokens: number): number => -Math.expm1(tokens * Math.log1p(-p));

/** The most that B tokens can touch: min(E, B · k).
 *  @example
 *  ```ts
 *  import { mostTouched } from "twinformer/cost";
 *
 *  console.log(mostTouched(256, 8, 4)); // 32 of DeepSeek-V3's experts, by 4 tokens
 *  ```
 */
export const mostTouched = (experts: number, topK: number, tokens: number): number => Math.min(experts, tokens * topK);
