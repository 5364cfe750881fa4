import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromArray, noGrad } from "../../lib/index.js";
import { pretrained } from "../../lib/models/index.js";
import {
  allToAll,
  chosenExperts,
  deviceLoads,
  machineLimits,
  overloadOf,
  placeExperts,
  placeReplicas,
} from "../../lib/parallel/index.js";

const text = readFileSync(new URL("../../assets/domains/english.txt", import.meta.url), "utf8").slice(0, 6000);

test("a trained twin's routing, layer by layer: what leaves, what waits, what replicas and a limit save", async () => {
  const { model, tokenizer } = await pretrained("moe");
  const [B, T] = [8, 128];
  const ids = fromArray(Int32Array.from(tokenizer.encode(text)).slice(0, B * T), [B, T], "int32");
  const { routings } = noGrad(() => model.forward(ids));
  expect(routings.length).toBeGreaterThan(0);
  for (const routing of routings) {
    const chosen = chosenExperts(routing);
    const { nExpert, nToken, probs } = routing;
    const placement = placeExperts(nExpert, { devices: 8, machines: 4 });
    const options = { dModel: model.config.dModel, copies: "machine" } as const;
    const sent = allToAll(chosen, placement, options);
    // Two experts for each of 1,024 tokens, which were not placed near them.
    expect(sent.load.reduce((a, b) => a + b, 0)).toBe(2 * B * T);
    expect(sent.leaveDevice).toBeGreaterThan(0.6);
    expect(sent.overload).toBeGreaterThan(1.02);
    // Twice the slots for the same load: replicas of what is hot.
    const placed = placeReplicas(routing.load, { slots: 16, devices: 8 });
    expect(overloadOf(deviceLoads(routing.load, placed))).toBeLessThan(sent.overload);
    expect(allToAll(chosen, placed, options).overload).toBeLessThan(sent.overload);

    const scored = { scores: probs.toTypedArray(), nToken, nExpert };
    const rows = machineLimits(scored, placement, { topK: 2, ...options });
    expect(rows.map(({ machines }) => machines)).toEqual([1, 2, 3, 4]);
    expect(rows[3].sent.across).toBe(sent.across); // plain top-k, which is this router's
    // Both experts on one machine: far fewer rows cross, and some of the probability is lost.
    expect(rows[0].across).toBeLessThan(0.75);
    expect(rows[0].score).toBeLessThan(1);
    expect(rows[0].score).toBeGreaterThan(0.7);
  }
});
