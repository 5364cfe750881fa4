/** Routing: claims B. */

import { type Break, broken, edit } from "../break.js";

export const routing: readonly Break[] = [
  broken(
    "B1",
    "04-routing",
    "half of the router's gradient is lost",
    edit("lib/moe/weights.ts", "? relative(logits, selection", "? relative(add(logits, logits.detach()), selection"),
  ),
  broken(
    "B2",
    "00-twins",
    "one expert more runs for each token than the config says",
    edit(
      "lib/models/twins.ts",
      "...routerPart(config), topK, vocabSize }",
      "...routerPart(config), topK: Math.min(nExpert, topK + 1), vocabSize }",
    ),
  ),
  broken(
    "B3",
    "04-routing",
    "the router reads zeros in place of the tokens",
    edit(
      "lib/moe/router.ts",
      "return linear(rows, this.weight as Matrix, this.bias",
      "return linear(zeros([...rows.shape]), this.weight as Matrix, this.bias",
    ),
  ),
  broken(
    "B4",
    "03-twin",
    "the router reads noise in place of the tokens",
    edit(
      "lib/moe/router.ts",
      "return linear(rows, this.weight as Matrix, this.bias",
      "return linear(randn([...rows.shape], this.rng), this.weight as Matrix, this.bias",
    ),
  ),
  broken(
    "B5",
    "04-routing",
    "an expert computes a little more than the dense layer with the same weights",
    edit(
      "lib/moe/experts.ts",
      ": activationNamed(this.activation)(up);",
      ": activationNamed(this.activation)(mul(up, 1.01));",
    ),
    edit(
      "lib/moe/experts.ts",
      'import { noGrad } from "../tensor/autograd.js";',
      'import { noGrad } from "../tensor/autograd.js";\nimport { mul } from "../tensor/ops/elementwise.js";',
    ),
  ),
  broken(
    "B6",
    "08-inference",
    "a batch touches no more experts than one of its tokens",
    edit(
      "lib/cost/coverage.ts",
      "-Math.expm1(tokens * Math.log1p(-p))",
      "-Math.expm1(Math.min(1, tokens) * Math.log1p(-p))",
    ),
  ),
];
