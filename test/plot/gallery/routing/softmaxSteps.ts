import { softmaxSteps } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { tokens, router_logits: logits } = JSON.parse(new TextDecoder().decode(file("router.json"))) as {
  readonly tokens: string[];
  readonly router_logits: number[][][];
};
const ofFirst = logits[0][0];
const top = [...ofFirst].sort((a, b) => b - a).slice(0, 2);
const sum = Math.exp(top[0]) + Math.exp(top[1]);
export const figure = softmaxSteps(
  ofFirst.map((logit, expert) => {
    const kept = top.includes(logit);
    return { expert, logit, kept, weight: kept ? Math.exp(logit) / sum : 0 };
  }),
  { title: `From logits to weights: the token "${tokens[0]}" in layer 1` },
);
