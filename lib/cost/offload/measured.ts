/** What a trace of real routing says: how many experts a batch touches, and whether tokens choose as the one before. */

import { checkIntegers, checkNumbers } from "../../config/options.js";
import { checkTrace, layersOf, type RoutingTrace } from "../../config/trace.js";
import { atLeastOnce } from "../coverage.js";

export interface CoverageRow {
  /** 0 is the first with experts. */
  readonly layer: number;
  /** "decode": one token of each of so many texts. "consecutive": so many tokens of one text, as in prefill or where drafted tokens are
   *  checked together. */
  readonly tokens: "decode" | "consecutive";
  readonly batch: number;
  /** Batches that were looked at. */
  readonly batches: number;
  /** Experts that a batch touches, on average. */
  readonly touched: number;
  /** The same if each token chose for itself, with the loads that the experts have: Σ (1 - (1 - pₑ)^B). */
  readonly byLoad: number;
  /** The same if all loads were equal, as `expertsTouched`: never less than byLoad. */
  readonly uniform: number;
  /** No batch can touch more, as `mostTouched`. */
  readonly most: number;
  /** Bytes of this layer's experts that a step reads on average: touched · expertBytes. */
  readonly bytes: number;
}

export interface CoverageOptions {
  /** Tokens in a batch. Default 1, 2, 4, ... 64. Of "decode" there are rows up to the number of texts. */
  batches?: readonly number[];
  /** Bytes of one expert in one layer, see `expertBytes`. Default 1: bytes count experts. */
  expertBytes?: number;
}

/** Experts that batches touch, layer by layer, as routers really chose. Texts of a "decode" batch are taken at equal distances, so that it
 *  mixes what the trace mixes, and its tokens have the same place in their texts.
 *  @example
 *  ```ts
 *  import { coverageRows } from "twinformer/cost";
 *
 *  // Two texts of two tokens, one layer: 4 experts, of which each token takes one.
 *  const trace = { nExpert: 4, chosen: [[[[0]], [[0]]], [[[0]], [[3]]]] };
 *  console.log(coverageRows(trace, { batches: [2] }).map(({ tokens, touched }) => [tokens, touched])); // decode 1.5, consecutive 1.5
 *  ```
 */
export function coverageRows(trace: RoutingTrace, options: CoverageOptions = {}): CoverageRow[] {
  const { batches = [1, 2, 4, 8, 16, 32, 64], expertBytes = 1 } = options;
  checkTrace("coverageRows", trace);
  for (const batch of batches) checkIntegers("coverageRows", { batches: batch }, { from: 1 });
  checkNumbers("coverageRows", { expertBytes }, { from: 0 });
  const { nExpert } = trace;
  return byLayer(trace).flatMap((texts, layer) => {
    const loads = loadsOf(texts, nExpert);
    const work = loads.reduce((sum, p) => sum + p, 0);
    return (["decode", "consecutive"] as const).flatMap((tokens) =>
      batches.flatMap((batch): CoverageRow[] => {
        const all = tokens === "decode" ? across(texts, batch) : along(texts, batch);
        if (all.length === 0) return [];
        const mean = (of: (choices: Choice[]) => number): number =>
          all.reduce((sum, choices) => sum + of(choices), 0) / all.length;
        const touched = mean((choices) => new Set(choices.flat()).size);
        return [
          {
            ...{ layer, tokens, batch, batches: all.length, touched },
            byLoad: loads.reduce((sum, p) => sum + atLeastOnce(p, batch), 0),
            uniform: nExpert * atLeastOnce(work / nExpert, batch),
            most: mean((choices) => Math.min(nExpert, choices.flat().length)),
            bytes: touched * expertBytes,
          },
        ];
      }),
    );
  });
}

/** Experts of one token in one layer. */
type Choice = readonly number[];

/** [L][texts][tokens] */
const byLayer = (trace: RoutingTrace): Choice[][][] =>
  Array.from({ length: layersOf(trace) }, (_, l) => trace.chosen.map((text) => text.map((token) => token[l])));

/** [E] share of the tokens that each expert works on; the sum is the experts of a token. */
function loadsOf(texts: readonly Choice[][], nExpert: number): number[] {
  const loads = new Array<number>(nExpert).fill(0);
  const tokens = texts.reduce((sum, text) => sum + text.length, 0);
  for (const expert of texts.flat(2)) loads[expert] += 1 / tokens;
  return loads.map((load) => Math.min(load, 1)); // sums of 1 / n may end above 1
}

/** One token of each of `batch` texts. */
function across(texts: readonly Choice[][], batch: number): Choice[][] {
  const groups = Math.floor(texts.length / batch);
  return Array.from({ length: groups }, (_, g) => {
    const own = Array.from({ length: batch }, (_, b) => texts[g + b * groups]);
    const length = Math.min(...own.map((text) => text.length));
    return Array.from({ length }, (_, t) => own.map((text) => text[t]));
  }).flat();
}

/** `batch` tokens of a text that follow each other; batches do not overlap. */
const along = (texts: readonly Choice[][], batch: number): Choice[][] =>
  texts.flatMap((text) =>
    Array.from({ length: Math.floor(text.length / batch) }, (_, b) => text.slice(b * batch, (b + 1) * batch)),
  );

export interface RepetitionRow {
  /** 0 is the first with experts. */
  readonly layer: number;
  /** Share of a token's experts that the token before it in its text chose, too. */
  readonly repeated: number;
  /** The same if each token chose for itself with the loads that the experts have: Σ pₑ² / Σ pₑ. Never below uniform. */
  readonly byLoad: number;
  /** The same if all loads were equal: k / E. */
  readonly uniform: number;
}

/** Do tokens choose the experts of the token before them? Only then does a cache gain by what was used last. The balance that training
 *  asks for is over a batch, and says nothing about this; a router that also balanced each text would leave less of it.
 *  Source of the trade-off: Liang et al. 2025, https://arxiv.org/abs/2505.16056
 *  @example
 *  ```ts
 *  import { repetitionRows } from "twinformer/cost";
 *
 *  console.log(repetitionRows({ nExpert: 2, chosen: [[[[0]], [[0]], [[1]], [[1]]]] })[0].repeated); // 2 of 3
 *  ```
 */
export function repetitionRows(trace: RoutingTrace): RepetitionRow[] {
  checkTrace("repetitionRows", trace);
  return byLayer(trace).map((texts, layer) => {
    const loads = loadsOf(texts, trace.nExpert);
    const work = loads.reduce((sum, p) => sum + p, 0);
    let [again, all] = [0, 0];
    for (const text of texts)
      for (let t = 1; t < text.length; t++) {
        again += text[t].filter((expert) => text[t - 1].includes(expert)).length;
        all += text[t].length;
      }
    return {
      layer,
      repeated: all === 0 ? 0 : again / all,
      byLoad: work === 0 ? 0 : loads.reduce((sum, p) => sum + p * p, 0) / work,
      uniform: work / trace.nExpert,
    };
  });
}
