import { shareCurve } from "../../../../lib/plot/index.js";
import { expertsTouched } from "../../../../lib/cost/index.js";

const batches = [1, 2, 4, 8, 16, 32, 64, 128];
const models = { Mixtral: [8, 2], "DeepSeek-V3": [256, 8] } as const;
export const figure = shareCurve(
  Object.entries(models).flatMap(([by, [nExpert, topK]]) =>
    batches.map((x) => ({ by, x, share: expertsTouched(nExpert, topK, x) / nExpert })),
  ),
  {
    title: "A batch soon reads nearly all experts",
    subtitle: "2 of 8 experts a token, or 8 of 256, if tokens choose by chance",
    xLabel: "tokens in the batch",
    yLabel: "share of the experts",
    log: true,
  },
);
