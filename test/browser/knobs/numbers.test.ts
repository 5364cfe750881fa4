import { describe, expect, test } from "vitest";
import { account, findModel } from "../../../lib/account/index.js";
import { expertsOf, withValues } from "../../../lib/cost/changed.js";
import { bound } from "../../../lib/cost/index.js";
import { div, Generator, softmax } from "../../../lib/index.js";
import { capacityKnobs, costKnobs, routerKnobs } from "../../../lib/interactive/index.js";
import { route } from "../../../lib/moe/index.js";
import { errors, factsOf, logitsOf, open, pick, rowsOf, turn } from "./page.js";

describe("at 20 random positions the page says what the library says", () => {
  test("capacityKnobs: what route decides", async () => {
    const rng = new Generator(15);
    const logits = logitsOf(120, 8);
    const figure = capacityKnobs(rowsOf(softmax(logits, 1)).map((scores) => ({ scores })));
    const page = await open(figure.html());
    for (let i = 0; i < 20; i++) {
      const factor = (1 + rng.below(80)) / 20;
      const [topK, overflow, queue] = [
        1 + rng.below(8),
        pick(rng, ["drop", "nextBest"] as const),
        pick(rng, ["position", "probability"] as const),
      ];
      await turn(page, "capacity factor", factor);
      await turn(page, "experts per token", topK);
      await turn(page, "overflow", overflow);
      await turn(page, "queue", queue);
      const seen = await factsOf(page);
      const routing = route(logits, { topK, overflow, queue, capacityFactor: factor }, { training: true });
      const all = routing.assignments();
      const count = (status: string) => all.filter((one) => one.status === status).length;
      expect(seen, JSON.stringify({ factor, topK, overflow, queue })).toEqual({
        capacity: routing.capacity,
        assignments: all.length,
        kept: count("kept"),
        rerouted: count("rerouted"),
        dropped: count("dropped"),
        empty: routing.places! - count("kept") - count("rerouted"),
        without: 120 - new Set(all.filter(({ position }) => position >= 0).map(({ token }) => token)).size,
      });
    }
    expect(errors).toEqual([]);
    await page.close();
  });

  test("routerKnobs: choices as route makes them, weights and entropies to a float32's rounding", async () => {
    const rng = new Generator(16);
    const logits = logitsOf(40, 8);
    const rows = rowsOf(logits).map((own, n) => ({ token: `t${n}`, logits: own }));
    const page = await open(routerKnobs(rows).html());
    for (let i = 0; i < 20; i++) {
      const [token, topK, draw] = [rng.below(40), 1 + rng.below(8), 1 + rng.below(1000)];
      const stops = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10];
      const [stop, noise, scale] = [
        rng.below(stops.length),
        pick(rng, ["none", "gumbel", "normal"] as const),
        rng.below(31) / 10,
      ];
      await turn(page, "token", `${token}: t${token}`);
      await turn(page, "temperature", stop);
      await turn(page, "experts per token", topK);
      await turn(page, "noise", noise);
      await turn(page, "noise scale", scale);
      await turn(page, "draw of the noise", draw);
      const seen = (await factsOf(page)) as {
        chosen: number[];
        weights: number[];
        entropy: number;
        meanEntropy: number;
        busiest: number;
      };
      const config = noise === "none" ? {} : { noise, noiseScale: scale };
      const context = { training: true, rng: new Generator(draw) };
      const routing = route(div(logits, stops[stop]), { topK, ...config }, context);
      const own = routing.assignments().filter((one) => one.token === token);
      const at = JSON.stringify({ token, topK, draw, stop, noise, scale });
      expect(seen.chosen, at).toEqual(own.map(({ expert }) => expert));
      expect(seen.weights, at).toEqual(own.map(({ weight }) => expect.closeTo(weight, 5) as number));
      expect(seen.busiest, at).toBeCloseTo(Math.max(...routing.demand) * 8, 9);
      const probs = routing.probs.toArray() as number[][];
      const entropies = probs.map((p) => -p.reduce((sum, x) => (x > 0 ? sum + x * Math.log(x) : sum), 0));
      expect(seen.entropy, at).toBeCloseTo(entropies[token], 5);
      expect(seen.meanEntropy, at).toBeCloseTo(entropies.reduce((a, b) => a + b, 0) / 40, 5);
    }
    expect(errors).toEqual([]);
    await page.close();
  });

  test.each(["Mixtral-8x7B", "DeepSeek-V3", "gpt-oss-120b", "Llama-3.1-8B"])(
    "costKnobs: what bound says of %s",
    async (name) => {
      const rng = new Generator(name);
      const model = account(findModel(name)!.config!);
      const page = await open(costKnobs(model, { name }).html());
      const devices = ["H100-SXM", "A100-80GB", "RTX-4090", "M2-Ultra"];
      for (let i = 0; i < 20; i++) {
        const [b, c, d] = [rng.below(11), rng.below(11), rng.below(7)];
        const [phase, device, dtype] = [
          pick(rng, ["decode", "prefill"] as const),
          pick(rng, devices),
          pick(rng, ["bfloat16", "fp8", "int4"] as const),
        ];
        const sharing = model.moeLayers > 0 ? pick(rng, ["layers", "experts"] as const) : "layers";
        await turn(page, "batch", b);
        await turn(page, "tokens a text", c);
        await turn(page, "phase", phase);
        await turn(page, "device", device);
        await turn(page, "devices", d);
        await turn(page, "weights", dtype);
        let own = model;
        if (model.moeLayers > 0) {
          await turn(page, "devices share", sharing);
          const stops = page.getByLabel("experts a layer", { exact: true });
          const stop = rng.below(Number(await stops.getAttribute("max")) + 1);
          await stops.fill(String(stop));
          const experts = Number((await stops.getAttribute("aria-valuetext"))!.replaceAll(",", ""));
          const topK = 1 + rng.below(Math.min(experts, 8));
          await turn(page, "experts per token", topK);
          const { E, k } = expertsOf("test", model);
          own = withValues(model, [E, k], ({ letter }) => BigInt(letter === "E" ? experts : topK));
        }
        const seen = await factsOf(page);
        const linked = device !== "M2-Ultra";
        const step = { phase, batch: 2 ** b, context: 2 ** (c + 7), dtype, sharing, devices: linked ? 2 ** d : 1 };
        expect(seen, JSON.stringify({ device, ...step })).toMatchObject({
          total: Number(own.total),
          active: Number(own.active),
          bound: JSON.parse(JSON.stringify(bound(own, device, step))) as object,
        });
      }
      expect(errors).toEqual([]);
      await page.close();
    },
  );
});
