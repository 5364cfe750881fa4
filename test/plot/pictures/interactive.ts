import { account } from "../../../lib/account/index.js";
import { Generator } from "../../../lib/index.js";
import { capacityKnobs, costKnobs, routerKnobs } from "../../../lib/interactive/index.js";
import type { Figure } from "../../../lib/plot/index.js";

const rng = new Generator(7);
const scores = Array.from({ length: 60 }, () => Array.from({ length: 6 }, (_, e) => Math.fround(rng.normal() + e / 4)));
const capacity = capacityKnobs(scores.map((own) => ({ scores: own })));
const router = routerKnobs(scores.map((logits, n) => ({ token: `t${n}`, logits })));
const cost = costKnobs(account({ model_type: "mixtral" }), { name: "Mixtral" });

/** Positions of knobs. */
export const positions: Readonly<Record<string, () => Figure>> = {
  "capacity at factor 1": () => capacity.at(),
  "capacity at factor 0.75, the next best takes what is left over": () =>
    capacity.at({ factor: 0.75, overflow: "nextBest" }),
  "router at rest": () => router.at(),
  "router with noise, three experts a token": () => router.at({ noise: "gumbel", topK: 3, temperature: 2 }),
  "cost of a step on two devices": () => cost.at({ devices: 2, batch: 64 }),
  "cost of a model that does not fit": () => cost.at({ device: "L4" }),
};
