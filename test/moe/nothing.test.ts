import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { balanceNames } from "../../lib/config/router/fields.js";
import { selections } from "../../lib/config/router/selections.js";
import { add, fromArray, Generator, mul, randn, sum, type Tensor } from "../../lib/index.js";
import {
  balanceLoss,
  MoE,
  route,
  type RouterConfig,
  routerDefaults,
  type Routing,
  SoftMoE,
} from "../../lib/moe/index.js";
import { read } from "../../lib/tensor/tensor.js";
import { anyConfig, routed } from "./anyConfig.js";

const E = 4;
/** Selections that look at scores. */
const learning = routed.select.filter((select) => selections[select].weight !== null);
const finite = (x: Tensor): boolean => [...read(x)].every(Number.isFinite);

/** Every balance term that this routing can have. */
function terms({ logits, noisy, topK }: Routing): (typeof balanceNames)[number][] {
  return balanceNames.filter((name) => {
    if (name === "bias" || name === "quantile" || (name === "z" && !logits) || (name === "sequence" && topK === null))
      return false;
    return name !== "load" || (noisy !== null && logits !== null && topK !== null);
  });
}

describe("nothing to divide by", () => {
  it("no tokens, or none that are no padding: every balance term is 0, every gradient finite", () => {
    const shapes = fc.constantFrom([0, 5], [2, 0, 5], [0, 3, 5], [1, 3, 5], [2, 2, 5]);
    fc.assert(
      fc.property(anyConfig(E, routed), shapes, fc.boolean(), (config, shape, training) => {
        const { topK } = routerDefaults(config, E);
        const layer = new MoE(5, 3, { rng: new Generator(1), nExpert: E, vocabSize: 9, ...config, topK });
        if (!training) layer.eval();
        const x = randn([...shape], new Generator(2));
        x.requiresGrad = true;
        const nToken = x.size / 5;
        const routings: Routing[] = [];
        const mask = new Array<number>(nToken).fill(0);
        const y = layer.forward(x, { routings, ids: mask, mask });
        expect([...read(y)].every((v) => v === 0)).toBe(true);
        const [routing] = routings;
        for (const name of terms(routing)) expect(balanceLoss(routings, { [name]: 1 })!.item(), name).toBe(0);
        const all = balanceLoss(routings, Object.fromEntries(terms(routing).map((name) => [name, 1])));
        const loss: Tensor = sum(mul(y, y) as Tensor);
        (all ? add(loss, all) : loss).backward();
        for (const p of [x, ...layer.parameters()]) if (p.grad) expect(finite(p.grad)).toBe(true);
        expect(finite(routing.probs) && finite(routing.weights)).toBe(true);
        expect([...routing.importance, ...routing.load, ...routing.demand].every((v) => v === 0)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("scores too small for a float32, or logits of any size: probabilities, weights, terms and gradients are finite", () => {
    const logit = fc.constantFrom(-1000, -104, -103, -88, -1, 0, 1, 90, 1000);
    fc.assert(
      fc.property(
        anyConfig(E, routed),
        fc.array(logit, { minLength: 3 * (E + 3), maxLength: 3 * (E + 3) }),
        fc.boolean(),
        (config, drawn, training) => {
          const scored = E + (config.nNullExpert ?? 0);
          const values = drawn.slice(0, 3 * scored);
          const logits = fromArray(values, [3, scored]);
          const spread = fromArray(
            values.map((v) => -Math.abs(v)),
            [3, scored],
          );
          for (const x of [logits, spread]) x.requiresGrad = true;
          const routing = route(logits, config, { training, rng: new Generator(1), ids: [0, 1, 2], spread });
          const names = terms(routing).filter((name) => name !== "z"); // of 1000 it is large, and right
          const all = balanceLoss([routing], Object.fromEntries(names.map((name) => [name, 1])));
          const loss: Tensor = sum(mul(routing.weights, routing.weights) as Tensor);
          const total = all ? add(loss, all) : loss;
          expect(finite(total) && finite(routing.probs) && finite(routing.weights)).toBe(true);
          if (!total.requiresGrad) return;
          total.backward();
          for (const x of [logits, spread]) if (x.grad) expect(finite(x.grad)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("sigmoids that are all far below 1, down to the last float32: the same", () => {
    const far = fc.tuple(fc.float({ min: -105, max: -40, noNaN: true }), fc.array(fc.float({ min: -3, max: 0 })));
    const sigmoid = { fixed: { score: "sigmoid", noise: "none", nNullExpert: 0 }, select: learning } as const;
    fc.assert(
      fc.property(anyConfig(E, sigmoid), far, fc.boolean(), (config, [base, below], training) => {
        const logits = fromArray(
          Array.from({ length: 3 * E }, (_, i) => base + (below[i] || 0)),
          [3, E],
        );
        logits.requiresGrad = true;
        const routing = route(logits, config, { training, rng: new Generator(1), ids: [0, 1, 2] });
        for (const name of [...terms(routing), "weights"] as const) {
          logits.grad = null;
          const again = route(logits, config, { training, rng: new Generator(1), ids: [0, 1, 2] });
          const loss: Tensor =
            name === "weights" ? sum(mul(again.weights, again.weights)) : balanceLoss([again], { [name]: 1 })!;
          expect(finite(loss), name).toBe(true);
          if (loss.requiresGrad) loss.backward();
          if (logits.grad) expect(finite(logits.grad), name).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("sigmoids that are all 0 share nothing", () => {
    const config: Partial<RouterConfig> = { score: "sigmoid", topK: 2 };
    const routing = route(fromArray([-110, -111, -112, -113], [1, 4]), config);
    expect([[...read(routing.probs)], [...read(routing.weights)]]).toEqual([
      [0, 0, 0, 0],
      [0, 0],
    ]);
    for (const name of ["switch", "sequence", "gshard"] as const)
      expect(balanceLoss([routing], { [name]: 1 })!.item()).toBe(0);
  });

  it("Soft MoE of no tokens gives none", () => {
    const layer = new SoftMoE(5, 3, { rng: new Generator(1), nExpert: 3 });
    for (const shape of [
      [0, 3, 5],
      [2, 0, 5],
    ])
      expect(layer.forward(randn(shape, new Generator(2))).shape).toEqual(shape);
  });
});
