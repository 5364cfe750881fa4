/** How many experts a batch touches ("only a few work" is true of a token, not of a batch), and how many devices a token does. */

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

/** Devices (or machines) on which the k experts of one token lie, on average, where it chooses k of E by chance and the E lie on N of them,
 *  on each as many or one more: Σ 1 - C(E - s, k) / C(E, k) over the N, of which one has s. Never above min(N, k); with N = E it is k.
 *  @example
 *  ```ts
 *  import { placesTouched } from "twinformer/cost";
 *
 *  console.log(placesTouched(256, 8, 8)); // 5.29: of 8 machines that share DeepSeek-V3's experts, if a token could choose freely
 *  ```
 */
export function placesTouched(experts: number, topK: number, places: number): number {
  checkIntegers("placesTouched", { experts, topK }, { from: 0 });
  checkIntegers("placesTouched", { places }, { from: 1 });
  if (topK > experts)
    throw new RangeError(`placesTouched: topK must be at most the number of experts ${experts}, got ${topK}`);
  // None of k choices is among the s of a place: the i-th finds E - s - i of E - i elsewhere.
  const missed = (size: number): number => {
    let chance = 1;
    for (let i = 0; i < topK; i++) chance *= Math.max(0, experts - size - i) / (experts - i);
    return chance;
  };
  const size = Math.floor(experts / places);
  const larger = experts % places;
  return larger * (1 - missed(size + 1)) + (places - larger) * (1 - missed(size));
}
