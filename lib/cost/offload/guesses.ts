/** Which experts the next layer will ask for, guessed one layer before, so that they can be fetched while this one computes. */

import { checkIntegers } from "../../config/options.js";
import { checkChoices, checkTrace, type Choices, layersOf, type RoutingTrace } from "../../config/trace.js";

/** Guesses from what was seen on other text: of the experts of a layer, those that most often followed the token's experts in the layer
 *  before, by Σₛ P(e | s). No guess in the first layer. (The other kind asks the next layer's router early: `foreseen` of a trace.)
 *  Source of the idea: Xue et al. 2024 (MoE-Infinity), which fetches by traces of former requests, https://arxiv.org/abs/2401.14361
 *  @param seen a trace of the same model @param trace whose layers' experts are guessed @param count guesses for each layer, at most E
 *  @example
 *  ```ts
 *  import { guessFromSeen } from "twinformer/cost";
 *
 *  const seen = { nExpert: 4, chosen: [[[[0], [3]], [[1], [2]]]] };
 *  console.log(guessFromSeen(seen, { nExpert: 4, chosen: [[[[1], [0]]]] }, 1)); // [[[[], [2]]]]: after 1 came 2
 *  ```
 */
export function guessFromSeen(seen: RoutingTrace, trace: RoutingTrace, count: number): Choices {
  checkTrace("guessFromSeen", trace);
  checkSeen("guessFromSeen", seen, trace);
  checkIntegers("guessFromSeen", { count }, { from: 0 });
  const { nExpert } = trace;
  const layers = layersOf(trace);
  // [layer][expert of the layer before] how often each expert came after it; shares are taken of them
  const after = Array.from({ length: layers }, () =>
    Array.from({ length: nExpert }, () => new Array<number>(nExpert).fill(0)),
  );
  const times = after.map(() => new Array<number>(nExpert).fill(0));
  for (const token of seen.chosen.flat())
    for (let l = 1; l < layers; l++)
      for (const before of token[l - 1]) {
        times[l][before]++;
        for (const expert of token[l]) after[l][before][expert]++;
      }
  const guess = (layer: number, experts: readonly number[]): number[] => {
    const scores = Array.from({ length: nExpert }, (_, e) =>
      experts.reduce((sum, s) => sum + after[layer][s][e] / Math.max(times[layer][s], 1), 0),
    );
    return [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b).slice(0, count);
  };
  return trace.chosen.map((text) => text.map((token) => token.map((_, l) => (l === 0 ? [] : guess(l, token[l - 1])))));
}

export interface GuessRow {
  /** 0 is the first with experts. */
  readonly layer: number;
  /** Share of the experts that were needed and had been guessed. */
  readonly recall: number;
  /** The same if as many experts had been guessed blindly: guesses / E. */
  readonly byChance: number;
}

/** How good guesses are, layer by layer.
 *  @example
 *  ```ts
 *  import { guessRows } from "twinformer/cost";
 *
 *  console.log(guessRows({ nExpert: 4, chosen: [[[[1], [0]]]] }, [[[[], [0]]]]).map(({ recall }) => recall)); // [0, 1]
 *  ```
 */
export function guessRows(trace: RoutingTrace, guesses: Choices): GuessRow[] {
  checkTrace("guessRows", trace);
  const guessed = guessesOf("guessRows", trace, guesses).flat();
  const tokens = trace.chosen.flat();
  return tokens[0].map((_, layer) => {
    let [found, needed, all] = [0, 0, 0];
    tokens.forEach((token, n) => {
      found += token[layer].filter((expert) => guessed[n][layer].includes(expert)).length;
      needed += token[layer].length;
      all += guessed[n][layer].length;
    });
    return {
      layer,
      recall: needed === 0 ? 0 : found / needed,
      byChance: all / tokens.length / trace.nExpert,
    };
  });
}

/** Throws unless `seen` is a trace of a model with as many layers and experts. */
export function checkSeen(operation: string, seen: unknown, trace: RoutingTrace): void {
  checkTrace(operation, seen);
  const shape = (of: RoutingTrace): string => `${layersOf(of)} layers of ${of.nExpert} experts`;
  if (shape(seen) !== shape(trace))
    throw new RangeError(`${operation}: seen must be of the same model, with ${shape(trace)}, got ${shape(seen)}`);
}

/** Throws unless there are guesses for just the tokens and layers of the trace. */
export function guessesOf(operation: string, { nExpert, chosen }: RoutingTrace, guesses: Choices): Choices {
  checkChoices(operation, "guesses", guesses, nExpert);
  const sizes = (choices: Choices): string => choices.map((text) => `${text.length}·${text[0]?.length ?? 0}`).join(" ");
  if (sizes(guesses) !== sizes(chosen))
    throw new RangeError(`${operation}: guesses must be for the same texts, tokens and layers as the trace's experts`);
  return guesses;
}
