import { tensor } from "../../../../lib/index.js";
import { route, tokenRows } from "../../../../lib/moe/index.js";
import { tokenPath } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { tokens, router_logits: logits } = JSON.parse(new TextDecoder().decode(file("router.json"))) as {
  readonly tokens: string[];
  readonly router_logits: number[][][];
};
const token = tokens.indexOf("if");
export const figure = tokenPath(
  logits.flatMap((ofLayer, layer) => {
    const { probs, chosen, weights } = tokenRows(route(tensor(ofLayer), { topK: 2 }), tokens)[token];
    return ofLayer[token].map((logit, expert) => {
      const at = chosen.indexOf(expert);
      const row = { layer, expert, logit, prob: probs[expert], chosen: at >= 0 };
      return at >= 0 ? { ...row, weight: weights[at] } : row;
    });
  }),
);
