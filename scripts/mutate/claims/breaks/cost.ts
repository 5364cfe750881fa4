/** Parameters, compute and cost: claims C. */

import { type Break, broken, edit } from "../break.js";

export const cost: readonly Break[] = [
  broken(
    "C1",
    "05-parameters",
    "all experts of Mixtral count as active",
    edit("lib/account/families/moe/mixtral.ts", '["num_experts_per_tok", 2]', '["num_local_experts", 8]'),
  ),
  broken(
    "C2",
    "05-parameters",
    "all experts of a twin count as active",
    edit(
      "lib/models/parameters.ts",
      "(parameter.size / nExpert) * active",
      "(parameter.size / nExpert) * Math.max(active, nExpert)",
    ),
  ),
  broken(
    "C3",
    "08-inference",
    "every expert computes every token",
    edit(
      "lib/models/twins.ts",
      "...routerPart(config), topK, vocabSize }",
      "...routerPart(config), topK: nExpert, vocabSize }",
    ),
  ),
  broken(
    "C4",
    "08-inference",
    "a device needs to hold a quarter of the experts",
    edit("lib/cost/roofline/capacity.ts", "const weights = experts + ", "const weights = experts / 4 + "),
  ),
  broken(
    "C5",
    "08-inference",
    "experts that are added compute every token",
    edit("lib/cost/growth.ts", "experts: lettersOf(dense, /^E$/)", "experts: lettersOf(dense, /^[Ek]$/)"),
  ),
  broken(
    "C6",
    "05-parameters",
    "the cache keeps keys and no values",
    edit("lib/account/memory/cache.ts", "  return batch * numbers * each;", "  return (batch * numbers * each) / 2;"),
  ),
  broken(
    "C7",
    "05-parameters",
    "a number in float16 takes four bytes",
    edit("lib/account/memory/dtypes.ts", "  float16: 16,", "  float16: 32,"),
  ),
  broken(
    "C8",
    "11-adapting",
    "the base learns together with a user's adapters",
    edit(
      "lib/nn/lora.ts",
      "if (!adapters.has(parameter)) parameter.requiresGrad = false;",
      "if (!adapters.has(parameter)) parameter.requiresGrad = true;",
    ),
  ),
  broken(
    "C9",
    "05-parameters",
    "GLaM has experts in every layer",
    edit(
      "lib/account/families/paper/glam.ts",
      'every other one", Math.floor(Number(L.value) / 2)',
      'every other one", Number(L.value)',
    ),
  ),
  broken(
    "C10",
    "05-parameters",
    "the table has a guess of GPT-4's size",
    edit(
      "lib/account/models/dense.ts",
      '    config: null,\n    source: "OpenAI 2023',
      '    config: { model_type: "gpt2", n_layer: 120 },\n    source: "OpenAI 2023',
    ),
  ),
];
