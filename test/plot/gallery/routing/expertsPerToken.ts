import { expertsPerToken, readRouter } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const logits = file("router.json");
/** As many experts as have `p` of the probability together. */
const topP = (p: number) => (probs: readonly number[]) => {
  const order = probs.map((_, expert) => expert).sort((a, b) => probs[b] - probs[a]);
  let sum = 0;
  return order.filter((expert) => (sum += probs[expert]) - probs[expert] < p);
};
export const figure = expertsPerToken(
  [0.5, 0.8].flatMap((p) =>
    readRouter(logits, { topK: 8, choose: topP(p) }).map(({ chosen }) => ({
      by: `top-p ${p}`,
      experts: chosen.length,
      tokens: 1,
    })),
  ),
  { nExpert: 8 },
);
