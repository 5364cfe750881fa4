/** Rotary positions for texts longer than those of the first training: the frequencies are stretched. */

import { checkNumbers, checkWord } from "../../config/options.js";

/** How the frequencies of rotary positions are stretched by `factor`. All in Hugging Face's words, in camel case. */
export type RotaryScaling =
  | { kind: "linear"; factor: number }
  | { kind: "llama3"; factor: number; lowFreqFactor: number; highFreqFactor: number; originalLength: number }
  | {
      kind: "yarn";
      factor: number;
      originalLength: number;
      /** Pairs that turn more often than this within originalLength keep their frequency. Default 32. */
      betaFast?: number;
      /** Pairs that turn less often are stretched by the whole factor. Default 1. */
      betaSlow?: number;
      /** Round the ends of the ramp between them outward to whole pairs. Default true. */
      truncate?: boolean;
    };

/** [K/2] angles of a step of one position, in radians: theta^(−2i/K), stretched.
 *  linear: all divided by the factor. llama3: those whose wavelength is longer than originalLength / lowFreqFactor, with a ramp
 *  between them and originalLength / highFreqFactor. yarn: with a ramp over the pairs' numbers instead.
 *  Sources: Chen et al. 2023, §2.3, https://arxiv.org/abs/2306.15595; Llama 3: meta-llama/llama-models, models/llama3/model.py;
 *  yarn: Peng et al. 2023, §3.2, https://arxiv.org/abs/2309.00071
 *  @example
 *  Array.from(scaledFrequencies(4, 100, { kind: "linear", factor: 2 })); // => [0.5, 0.05] */
export function scaledFrequencies(size: number, theta: number, scaling: RotaryScaling | null): Float64Array {
  checkNumbers("scaledFrequencies", { size, theta }, { above: 0 });
  const plain = Float64Array.from({ length: size / 2 }, (_, i) => theta ** ((-2 * i) / size));
  if (!scaling) return plain;
  checkWord("scaledFrequencies", "kind", scaling.kind, ["linear", "llama3", "yarn"]);
  checkNumbers("scaledFrequencies", { factor: scaling.factor }, { above: 0 });
  const stretched = stretch(size, theta, scaling);
  return plain.map((frequency, i) => {
    const share = stretched(frequency, i);
    return (share * frequency) / scaling.factor + (1 - share) * frequency;
  });
}

/** How much of each frequency is divided by the factor, 0 to 1. */
function stretch(size: number, theta: number, scaling: RotaryScaling): (frequency: number, pair: number) => number {
  const between = (x: number): number => Math.min(Math.max(x, 0), 1);
  if (scaling.kind === "linear") return () => 1;
  const { originalLength } = scaling;
  if (scaling.kind === "llama3") {
    const { lowFreqFactor: low, highFreqFactor: high } = scaling;
    const turns = (frequency: number): number => (originalLength * frequency) / (2 * Math.PI);
    return (frequency) => 1 - between((turns(frequency) - low) / (high - low));
  }
  const { betaFast = 32, betaSlow = 1, truncate = true } = scaling;
  /** The pair, as a real number, that turns this often within originalLength. */
  const pairOf = (turns: number): number =>
    (size * Math.log(originalLength / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const ends = [pairOf(betaFast), pairOf(betaSlow)];
  const [from, to] = truncate ? [Math.floor(ends[0]), Math.ceil(ends[1])] : ends;
  const first = Math.max(from, 0);
  const last = Math.min(to, size - 1);
  const width = first === last ? 0.001 : last - first; // a step, where there is no room for a ramp
  return (_, pair) => between((pair - first) / width);
}

/** m(s) = 0.1 · weight · ln s + 1: YaRN's correction of the scores, 1 where nothing is stretched.
 *  Source: Peng et al. 2023, §3.4, eq. 22, https://arxiv.org/abs/2309.00071
 *  @example
 *  yarnScale(1); // => 1 */
export const yarnScale = (factor: number, weight = 1): number =>
  factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
