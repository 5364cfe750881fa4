/** Steps of a model, timed: reading a prompt, then writing a token for each text. */

import type { Transformer } from "../../models/transformer.js";
import { workParts, type WorkPart } from "../../moe/moe.js";
import { recyclingIntermediates } from "../../nn/recycling.js";
import { noGrad } from "../../tensor/autograd.js";
import { dim, fromArray } from "../../tensor/create.js";
import { Generator } from "../../tensor/random.js";

export interface StepSizes {
  batch: number;
  /** Tokens of the prompt. */
  prompt: number;
  /** Tokens that are written, one after the other. */
  tokens: number;
}

/** Seconds of a step, and of its parts, which sum to it: "rest" is what lies between them, such as freeing memory. */
export interface StepTime {
  readonly seconds: number;
  readonly parts: Readonly<Record<WorkPart | "rest", number>>;
}

/** Reads a prompt by chance into fresh caches, or writes: in decode the mean of all steps. Tokens differ from run to run, so that experts
 *  do, too. */
export function steps(
  model: Transformer,
  { batch, prompt, tokens }: StepSizes,
): { prefill: () => StepTime; decode: () => StepTime } {
  const rng = new Generator(1).fork("tokens");
  const idsOf = (count: number) =>
    fromArray(
      Int32Array.from({ length: batch * count }, () => rng.below(model.config.vocabSize)),
      [dim("B", batch), dim("T", count)],
      "int32",
    );
  let caches = model.newCaches();
  const pass = (count: number): StepTime => {
    const ids = idsOf(count);
    const kept = () => caches.flatMap((cache) => cache.tensors());
    return timed((onPart) =>
      noGrad(() => recyclingIntermediates(model, () => void model.forward(ids, { caches, onPart }), kept)),
    );
  };
  const prefill = (): StepTime => {
    caches = model.newCaches();
    return pass(prompt);
  };
  const decode = (): StepTime => {
    if (caches[0].length !== prompt) prefill();
    const times = Array.from({ length: tokens }, () => pass(1));
    for (const cache of caches) cache.trim(prompt);
    return mean(times);
  };
  return { prefill, decode };
}

/** The time since the last call goes to the part that is done. */
function timed(run: (onPart: (part: WorkPart) => void) => void): StepTime {
  const parts = Object.fromEntries([...workParts, "rest"].map((part) => [part, 0])) as Record<
    WorkPart | "rest",
    number
  >;
  const start = performance.now();
  let last = start;
  const until = (part: WorkPart | "rest"): void => {
    const now = performance.now();
    parts[part] += (now - last) / 1000;
    last = now;
  };
  run(until);
  until("rest");
  return { seconds: (last - start) / 1000, parts };
}

function mean(times: readonly StepTime[]): StepTime {
  const over = (of: (time: StepTime) => number): number =>
    times.reduce((sum, time) => sum + of(time), 0) / times.length;
  const names = Object.keys(times[0].parts) as (keyof StepTime["parts"])[];
  const parts = Object.fromEntries(names.map((name) => [name, over((time) => time.parts[name])]));
  return { seconds: over(({ seconds }) => seconds), parts: parts as StepTime["parts"] };
}
