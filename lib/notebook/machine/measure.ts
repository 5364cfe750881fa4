/** Models beside one another, timed: steps of reading and of writing, by batch. */

import { checkIntegers, checkNumbers, checkObject, checkWord } from "../../config/options.js";
import type { Phase } from "../../cost/index.js";
import { checkModel, type Transformer } from "../../models/transformer.js";
import type { WorkPart } from "../../moe/moe.js";
import { interleaved, medianBy, type Rounds } from "./clock.js";
import { steps } from "./steps.js";

export interface StepsOptions extends Rounds {
  /** "prefill": reading prompts, "decode": writing. Default ["decode"]. */
  phases?: readonly Phase[];
  /** Texts at the same time. Default [1]. */
  batches?: readonly number[];
  /** Tokens of the prompt. Default 16. */
  prompt?: number;
  /** Tokens that are written after it. Default 5. */
  tokens?: number;
}

/** One model, phase and batch. */
export interface StepsRow {
  readonly model: string;
  readonly phase: Phase;
  readonly batch: number;
  /** Of all texts together, in the round with the median time. */
  readonly tokensPerSecond: number;
  /** Of one step: in "prefill" all prompts, in "decode" one token more for each text. */
  readonly seconds: number;
  /** Where they went; "rest" is what lies between the parts. They sum to `seconds`. */
  readonly parts: Readonly<Record<WorkPart | "rest", number>>;
}

/** Times the same steps of several models. A first round, in which code is compiled, does not count; in each other round every model
 *  has its turn, so that a machine that slows down for a while slows down all of them; of all rounds the median one is told. Times depend on
 *  the machine, and on what else it does: compare the rows of one call with each other.
 *  Throws a RangeError where prompt and tokens do not fit a model's blockSize.
 *  @example
 *  const shape = { vocabSize: 11, blockSize: 8, nLayer: 1, nHead: 1, dModel: 8, nExpert: 4, topK: 2 };
 *  const rows = await measureSteps(twins(shape, { seed: 1 }), { prompt: 4, tokens: 3, rounds: 1 });
 *  rows.map(({ model, phase, batch }) => `${model} ${phase} ${batch}`); // => ["dense decode 1", "moe decode 1"] */
export async function measureSteps(
  models: Readonly<Record<string, Transformer>>,
  options: StepsOptions = {},
): Promise<StepsRow[]> {
  checkObject("measureSteps", "the models", models);
  checkObject("measureSteps", "the options", options);
  const { phases = ["decode"], batches = [1], prompt = 16, tokens = 5, rounds = 7, seconds = 120 } = options;
  for (const phase of phases) checkWord("measureSteps", "phases", phase, ["prefill", "decode"]);
  for (const batch of batches) checkIntegers("measureSteps", { batches: batch }, { from: 1 });
  checkIntegers("measureSteps", { prompt, tokens, rounds }, { from: 1 });
  checkNumbers("measureSteps", { seconds }, { above: 0 });
  const cases = Object.entries(models).flatMap(([name, model]) => {
    checkModel(`measureSteps: ${name}`, model);
    const { blockSize } = model.config;
    if (prompt + tokens > blockSize)
      throw new RangeError(
        `measureSteps: prompt and tokens must fit the blockSize ${blockSize} of ${name}, got ${prompt + tokens}`,
      );
    return batches.flatMap((batch) => {
      const run = steps(model, { batch, prompt, tokens });
      return phases.map((phase) => ({ model: name, phase, batch, run: run[phase] }));
    });
  });
  const times = await interleaved(
    cases.map(({ run }) => run),
    { rounds, seconds },
  );
  return cases.map(({ model, phase, batch }, i) => {
    const { seconds, parts } = medianBy(times[i], (time) => time.seconds);
    const read = batch * (phase === "prefill" ? prompt : 1);
    return { model, phase, batch, tokensPerSecond: read / seconds, seconds, parts };
  });
}
