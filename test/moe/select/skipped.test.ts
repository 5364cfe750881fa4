import { describe, expect, it } from "vitest";
import { fromArray, Generator, randn } from "../../../lib/index.js";
import { overflowShares, route, routingRows } from "../../../lib/moe/index.js";

describe("GShard's second expert", () => {
  it("skips what it does not send, and drops what finds no room: two states", () => {
    const rng = new Generator(1);
    const many = randn([64, 8], rng.fork("logits"));
    const routing = route(many, { select: "gshard" }, { training: true, rng });
    const skipped = routing.assignments().filter(({ status }) => status === "skipped");
    expect(skipped.length).toBeGreaterThan(5);
    expect(
      skipped.every(({ slot, weight, position, rank }) => slot === 1 && weight === 0 && position < 0 && rank < 0),
    ).toBe(true);
    expect(overflowShares(routing)).toEqual({ dropped: 0, rerouted: 0 });
    const [row] = routingRows([routing]);
    expect([row.dropped, row.skipped]).toEqual([0, skipped.length / 128]);
    const full = route(
      many,
      { select: "gshard", capacityFactor: 0.5 },
      { training: true, uniform: new Array(64).fill(0.4) },
    );
    const count = (status: string): number => full.assignments().filter((a) => a.status === status).length;
    expect(count("kept") + count("dropped") + count("skipped")).toBe(128);
    expect(Math.min(count("kept"), count("dropped"), count("skipped"))).toBeGreaterThan(0);
    expect(overflowShares(full).dropped).toBe(count("dropped") / (128 - count("skipped")));
  });

  it.each(["drop", "nextBest", "dropless"] as const)(
    "%s: the first weighs g1/(g1+g2), though the second is skipped",
    (overflow) => {
      const logits = fromArray([2, 1, 0, 2, 1.5, 0], [2, 3]);
      const limit = overflow === "dropless" ? {} : { capacityFactor: 3, overflow };
      const [all, none] = [0, 0.99].map((u) =>
        route(logits, { select: "gshard", ...limit }, { training: true, uniform: [u, u] }).weights.toArray(),
      ) as number[][][];
      none.forEach(([first, second], n) => {
        expect(first).toBeCloseTo(all[n][0], 6);
        expect(second).toBe(0);
      });
    },
  );
});
