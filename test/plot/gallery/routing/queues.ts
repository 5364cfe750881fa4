import { tensor } from "../../../../lib/index.js";
import { queueRows, route } from "../../../../lib/moe/index.js";
import { queues } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { tokens, router_logits: logits } = JSON.parse(new TextDecoder().decode(file("router.json"))) as {
  readonly tokens: string[];
  readonly router_logits: number[][][];
};
const rules = { drop: "drop", "next best": "nextBest" } as const;
export const figure = queues(
  Object.entries(rules).flatMap(([by, overflow]) => {
    const routing = route(tensor(logits[0]), { topK: 1, capacityFactor: 1, overflow });
    return queueRows(routing, tokens, by);
  }),
  { nExpert: 8, capacity: Math.ceil(tokens.length / 8) },
);
