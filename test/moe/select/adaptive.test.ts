import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromArray, gradcheck, log } from "../../../lib/index.js";
import { route, type RouteContext, type Routing, selectTopK } from "../../../lib/moe/index.js";
import { selectAdaptive } from "../../../lib/moe/select/adaptive.js";

const routed = (probs: number[][], topK: number, context: RouteContext = {}): Routing =>
  route(log(fromArray(probs.flat(), [probs.length, probs[0].length])), { select: "adaptive", topK }, context);
/** How many experts each token got. */
const counts = ({ tokens, nToken }: Routing): number[] =>
  Array.from({ length: nToken }, (_, n) => tokens.filter((t) => t === n).length);

describe("k by entropy", () => {
  it("is e^H, rounded: by hand", () => {
    const probs = [
      [1, 0, 0, 0], // H = 0
      [0.9, 0.1, 0, 0], // e^H = 1.38
      [0.2, 0.8, 0, 0], // 1.65
      [0.5, 0, 0, 0.5], // 2
      [0.5, 0.25, 0.125, 0.125], // 2^1.75 = 3.36
      [0.25, 0.25, 0.25, 0.25], // 4
    ];
    expect(counts(routed(probs, 4))).toEqual([1, 1, 2, 2, 3, 4]);
    expect(counts(routed(probs, 2))).toEqual([1, 1, 2, 2, 2, 2]);
    const { experts, tokens, slots, topK } = routed(probs, 4);
    expect(topK).toBeNull();
    expect([...experts].filter((_, i) => tokens[i] === 2)).toEqual([1, 0]);
    expect([...slots]).toEqual([0, 0, 0, 1, 0, 1, 0, 1, 2, 0, 1, 2, 3]);
  });

  it("takes the best, and the more of them the less sure the router is: sharper logits never give more", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: 5, maxLength: 5 }),
        fc.double({ min: 1, max: 8, noNaN: true }),
        fc.constantFrom(1, 2, 5),
        (z, sharper, topK) => {
          const logits = fromArray([...z, ...z.map((v) => v * sharper)], [2, 5]);
          const routing = route(logits, { select: "adaptive", topK });
          const [many, few] = counts(routing);
          expect(few).toBeLessThanOrEqual(many);
          expect(many >= 1 && many <= topK).toBe(true);
          const best = selectTopK({ scores: logits.toTypedArray(), nToken: 2, nExpert: 5 }, many);
          expect([...routing.experts].slice(0, many)).toEqual([...best.experts].slice(0, many));
        },
      ),
    );
  });

  it("counts only the experts that are not hidden, and takes the most where there is nothing to go by", () => {
    const hidden = [-Infinity, 0.1, 0.1, 0.1];
    expect(selectAdaptive({ scores: hidden, nToken: 1, nExpert: 4 }, 4).experts).toHaveLength(3);
    expect(selectAdaptive({ scores: [0, 0, 0, 0], nToken: 1, nExpert: 4 }, 3).experts).toHaveLength(3);
  });

  it("has weights whose gradient is right at any k", () => {
    const logits = fromArray([3, 0.4, 0, -1, 0.3, 0, -0.3, 0.6], [2, 4]);
    logits.requiresGrad = true;
    gradcheck((z) => route(z, { select: "adaptive", topK: 3 }).weights, [logits]);
  });
});
