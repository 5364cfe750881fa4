/** The architecture: claims A. */

import { type Break, broken, edit } from "../break.js";

export const architecture: readonly Break[] = [
  broken(
    "A1",
    "03-twin",
    "the mixture normalizes in another way than its twin",
    edit(
      "lib/models/twins.ts",
      "moe: transformer({ ...input, nExpert }, { seed })",
      'moe: transformer({ ...input, nExpert, normalization: "rmsNorm" }, { seed })',
    ),
  ),
  broken(
    "A2",
    "02-transformer",
    "attention sees the last four tokens alone",
    edit("lib/nn/attention.ts", "    this.window = window;", "    this.window = window ?? 4;"),
  ),
  broken(
    "A3",
    "02-transformer",
    "rotary positions turn every token by the same angle",
    edit("lib/nn/positions.ts", "(_, i) => start + i", "(_, i) => 0 * (start + i)"),
  ),
  broken(
    "A4",
    "02-transformer",
    "a block keeps its residual whatever its config says",
    edit(
      "lib/models/transformer.ts",
      "    return this.residual ? add(x, y) : y;",
      "    return this.residual || y.size > 0 ? add(x, y) : y;",
    ),
  ),
  broken(
    "A5",
    "02-transformer",
    "a step of the RNN does not wait for the one before",
    edit(
      "lib/nn/recurrent/rnn.ts",
      "linear(h as Tensor<[number, number]>",
      "linear((all.length > 0 ? zeros(shape) : h) as Tensor<[number, number]>",
    ),
  ),
  broken(
    "A6",
    "03-twin",
    "experts are as wide as the layer that they replace, whatever the config says",
    edit("lib/models/twins.ts", "const { dExpert, activation,", "const { dHidden: dExpert, activation,"),
  ),
  broken(
    "A7",
    "03-twin",
    "the attention of a mixture has first weights of its own",
    edit(
      "lib/models/transformer.ts",
      'new Block(config, d, place("attention"), feedForward)',
      "new Block(config, d, place(`attention of ${config.nExpert}`), feedForward)",
    ),
  ),
  broken(
    "A8",
    "02-transformer",
    "the feed-forward layer adds up all tokens of a text",
    edit(
      "lib/nn/feedForward.ts",
      "const hidden: Tensor = up.forward(x);",
      "const hidden: Tensor = up.forward(add(x, sum(x, x.rank - 2, { keepdim: true })));",
    ),
    edit(
      "lib/nn/feedForward.ts",
      "import * as unary from",
      'import { sum } from "../tensor/ops/reduce.js";\nimport * as unary from',
    ),
  ),
];
