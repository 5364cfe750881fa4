import { tensor } from "../../../../lib/index.js";
import { capacityOf, queueRows, route } from "../../../../lib/moe/index.js";
import { queues, slider } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { tokens, router_logits: logits } = JSON.parse(new TextDecoder().decode(file("router.json"))) as {
  readonly tokens: string[];
  readonly router_logits: number[][][];
};
const stops = [0.5, 1, 1.5, 2].map((capacityFactor) => {
  const routing = route(tensor(logits[0]), { topK: 1, capacityFactor, overflow: "drop" });
  const capacity = capacityOf(tokens.length, 8, capacityFactor);
  const title = `Factor ${capacityFactor}: ${capacity} places at each expert`;
  return [String(capacityFactor), queues(queueRows(routing, tokens), { nExpert: 8, capacity, title })] as const;
});
export const figure = slider(stops, { label: "capacity factor", start: "1" });
