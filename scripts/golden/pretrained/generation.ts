/** Greedy text of a published model, by the names of generation.safetensors. */

import { type Decoder, generateIds } from "../../../lib/models/pretrained/index.js";
import { noGrad } from "../../../lib/tensor/index.js";
import { compare, type Numbers, tolerances } from "../compare.js";
import { numbersIn } from "../data.js";
import { int32 } from "./outputs.js";

type Tensors = Readonly<Record<string, Numbers>>;

export function generated(model: Decoder, prompt: Numbers, expected: Tensors): Tensors {
  const tokens = (expected.generated_ids?.shape[1] ?? prompt.shape[1]) - prompt.shape[1];
  const withCache = steps(model, prompt, tokens, true);
  const without = steps(model, prompt, tokens, false);
  const caches = model.newCaches();
  noGrad(() => model.forward(int32(prompt), { caches }));
  // Both ways must give the same text.
  const isSame = compare("ids", withCache.ids, without.ids, tolerances.exact).reason === null;
  return {
    generated_ids: isSame ? withCache.ids : { shape: [], data: [] },
    step_logits_with_cache: withCache.logits,
    step_logits_no_cache: without.logits,
    ...Object.fromEntries(
      caches.flatMap(({ keys, values }, i) => [
        [`prompt_kv.layers.${i}.key`, numbersIn(keys!)],
        [`prompt_kv.layers.${i}.value`, numbersIn(values!)],
      ]),
    ),
  };
}

function steps(model: Decoder, prompt: Numbers, tokens: number, cache: boolean): { ids: Numbers; logits: Numbers } {
  const scores: number[] = [];
  const ids = generateIds(model, int32(prompt), { tokens, cache, onStep: (step) => void scores.push(...step) });
  return { ids: numbersIn(ids), logits: { shape: [tokens, scores.length / tokens], data: scores } };
}
