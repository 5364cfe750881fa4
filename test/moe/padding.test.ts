import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factsOf } from "../../lib/config/router/selections.js";
import { factorIn } from "../../lib/config/router/fields.js";
import { fromArray, Generator, mul, randn, sum, type Tensor, add } from "../../lib/index.js";
import {
  balanceFactors,
  balanceLoss,
  MoE,
  routerDefaults,
  type RouterConfig,
  type Routing,
  SoftMoE,
} from "../../lib/moe/index.js";
import { read } from "../../lib/tensor/tensor.js";
import { anyConfig, routed } from "./anyConfig.js";

const [D, E] = [5, 4];
const rng = new Generator(11);
/** Lengths of three sequences in a batch of length 6. */
const lengths = fc.array(fc.constantFrom(0, 1, 3, 5, 6), { minLength: 3, maxLength: 3 });
const side = fc.constantFrom("left", "right");
const maskOf = (real: readonly number[], padded: string): number[] =>
  real.flatMap((length) =>
    Array.from({ length: 6 }, (_, t) => Number(padded === "right" ? t < length : t >= 6 - length)),
  );

interface Read {
  routing: Routing;
  output: number[];
  balance: number;
  dx: number[];
}

/** A new layer with the same weights and draws each time reads x. @param at place of the first token in the batch: gives the ids */
function readBy(config: Partial<RouterConfig>, x: Tensor, training: boolean, mask?: readonly number[], at = 0): Read {
  const full = routerDefaults(config, E);
  const layer = new MoE(D, 3, {
    rng: new Generator(2),
    nExpert: E,
    vocabSize: 9,
    std: 0.7,
    ...config,
    topK: full.topK,
  });
  if (!training) layer.eval();
  x.grad = null;
  x.requiresGrad = true;
  const routings: Routing[] = [];
  const ids = Array.from({ length: x.size / D }, (_, i) => ((at + i) % 6) % 4);
  const y = layer.forward(x, { routings, ids, ...(mask ? { mask } : {}) });
  const factors = balanceFactors(full.balance);
  const usable = training || !factors.load ? full.balance : 0; // the load is that of noise, which there is in training alone
  const balance = balanceLoss(routings, usable);
  const weighed = sum(
    mul(
      y,
      fromArray(
        Array.from({ length: y.size }, (_, i) => (i % D) - 1),
        [...y.shape],
      ),
    ) as Tensor,
  );
  (balance ? add(weighed, balance) : weighed).backward();
  return {
    routing: routings[0],
    output: Array.from(read(y)),
    balance: balance?.item() ?? 0,
    dx: Array.from(read(x.grad!)),
  };
}

/** All of a routing that is plain numbers. */
const facts = ({ routing }: Read) => ({
  ...{ tokens: [...routing.tokens], wanted: [...routing.wanted], experts: [...routing.experts] },
  ...{ positions: [...routing.positions], ranks: [...routing.ranks], skipped: [...routing.skipped] },
  ...{ starts: [...routing.sequenceStarts], length: routing.sequenceLength },
  ...{ capacity: routing.capacity, places: routing.places, load: routing.load, demand: routing.demand },
  ...{ weights: [...read(routing.weights)], probs: [...read(routing.probs)] },
});

const randomX = (shape: readonly number[]): Tensor => randn([...shape], rng.fork("x"), { std: 1 });

describe("padding, for every router config", () => {
  it("a mask of ones is no mask: the same routing, output, balance and gradient, bit for bit", () => {
    fc.assert(
      fc.property(anyConfig(E, routed), fc.boolean(), (config, training) => {
        const [a, b] = [undefined, new Array<number>(18).fill(1)].map((mask) =>
          readBy(config, randomX([3, 6, D]), training, mask),
        );
        expect(facts(b)).toEqual(facts(a));
        expect([b.output, b.balance, b.dx]).toEqual([a.output, a.balance, a.dx]);
      }),
      { numRuns: 150 },
    );
  });

  it("what padding holds changes nothing, were it NaN: output 0 there, gradient 0 there", () => {
    fc.assert(
      fc.property(anyConfig(E, routed), fc.boolean(), lengths, side, (config, training, real, padded) => {
        const mask = maskOf(real, padded);
        const values = [...read(randomX([3, 6, D]))];
        const [a, b, c] = [0, 1e6, NaN].map((filler) => {
          const x = fromArray(
            values.map((v, i) => (mask[Math.floor(i / D)] ? v : filler)),
            [3, 6, D],
          );
          return readBy(config, x, training, mask);
        });
        for (const other of [b, c]) {
          expect(facts(other)).toEqual(facts(a));
          expect([other.output, other.balance, other.dx]).toEqual([a.output, a.balance, a.dx]);
        }
        const there = (all: number[]): number[] => all.filter((_, i) => !mask[Math.floor(i / D)]);
        expect([...there(a.output), ...there(a.dx)].every((v) => v === 0)).toBe(true);
        expect(a.output.every(Number.isFinite) && Number.isFinite(a.balance) && a.dx.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it("each sequence fares as it would alone, where sequences share no places and are compared with none", () => {
    let compared = 0;
    fc.assert(
      fc.property(anyConfig(E, routed), fc.boolean(), lengths, side, (input, training, real, padded) => {
        const config = routerDefaults(input, E);
        const { dependsOnBatch, perSequence } = factsOf(config.select);
        const compares = !perSequence && (dependsOnBatch === "always" || (training && !!dependsOnBatch));
        const shares = factorIn(training, config) !== null || compares;
        if (shares && config.capacityPer === "batch") return;
        const draws = config.noise !== "none" || config.expertDropout > 0 || config.queue === "random";
        if (
          training &&
          (draws || config.minPool !== null || config.select === "random" || config.secondExpert !== "all")
        )
          return;
        compared++;
        const mask = maskOf(real, padded);
        const x = randomX([3, 6, D]);
        const batch = readBy(input, x, training, mask);
        const terms: number[] = [];
        real.forEach((length, s) => {
          if (length === 0) return;
          const first = 6 * s + (padded === "right" ? 0 : 6 - length);
          const values = [...read(x)].slice(first * D, (first + length) * D);
          const alone = readBy(input, fromArray(values, [1, length, D]), training, undefined, first);
          const [from, to] = [0, 1].map((i) => batch.routing.sequenceStarts[s + i]);
          const own = [...batch.routing.tokens.keys()].filter(
            (i) => batch.routing.tokens[i] >= from && batch.routing.tokens[i] < to,
          );
          const { routing } = alone;
          const queue = config.capacityPer === "sequence" ? (["positions"] as const) : []; // else one for all sequences
          for (const name of ["experts", "wanted", "ranks", "slots", "skipped", ...queue] as const)
            expect(
              own.map((i) => batch.routing[name][i]),
              name,
            ).toEqual([...routing[name]]);
          const weights = read(batch.routing.weights);
          own.forEach((i, j) => expect(weights[i]).toBeCloseTo(read(routing.weights)[j], 5));
          alone.output.forEach((y, i) => expect(batch.output[first * D + i]).toBeCloseTo(y, 4));
          terms.push(alone.balance);
        });
        const factors = balanceFactors(config.balance);
        if (factors.sequence && terms.length > 0)
          expect(batch.balance).toBeCloseTo(terms.reduce((a, b) => a + b, 0) / terms.length, 4);
      }),
      { numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  it("counts places in each sequence by its own tokens", () => {
    const config = { topK: 1, capacityPer: "sequence", capacityFactor: 1, nExpert: 2 } as const;
    const layer = new MoE(4, 4, { rng: new Generator(1), ...config });
    const routings: Routing[] = [];
    const x = randn([2, 4, 4], new Generator(3));
    for (const mask of [undefined, [1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 0, 0]])
      layer.forward(x, { routings, ...(mask ? { mask } : {}) });
    expect(routings.map(({ capacity, sequenceLength, places }) => [capacity, sequenceLength, places])).toEqual([
      [2, 4, 8],
      [2, 4, 8],
      [2, 4, 6], // 2 places at each expert for the first sequence, 1 for the second
    ]);
  });
});

describe("padding in Soft MoE", () => {
  const layer = new SoftMoE(D, 3, { rng: new Generator(5), nExpert: 3, nSlot: 2, std: 0.7 });
  const run = (x: Tensor, mask?: readonly number[]): { y: number[]; dx: number[] } => {
    x.requiresGrad = true;
    const y = layer.forward(x, mask ? { mask } : {});
    sum(mul(y, y) as Tensor).backward();
    return { y: [...read(y)], dx: [...read(x.grad!)] };
  };

  it("a mask of ones is no mask", () => {
    expect(run(randomX([3, 6, D]), new Array<number>(18).fill(1))).toEqual(run(randomX([3, 6, D])));
  });

  it("each sequence fares as it would alone, and what padding holds changes nothing", () => {
    fc.assert(
      fc.property(lengths, side, fc.constantFrom(0, 1e6, NaN), (real, padded, filler) => {
        const mask = maskOf(real, padded);
        const values = [...read(randomX([3, 6, D]))].map((v, i) => (mask[Math.floor(i / D)] ? v : filler));
        const { y, dx } = run(fromArray(values, [3, 6, D]), mask);
        real.forEach((length, s) => {
          const first = 6 * s + (padded === "right" ? 0 : 6 - length);
          const cut = (all: number[]): number[] => all.slice(first * D, (first + length) * D);
          const alone = length > 0 ? run(fromArray(cut(values), [1, length, D])) : { y: [], dx: [] };
          alone.y.forEach((v, i) => expect(cut(y)[i]).toBeCloseTo(v, 5));
          alone.dx.forEach((v, i) => expect(cut(dx)[i]).toBeCloseTo(v, 5));
        });
        for (const all of [y, dx]) expect(all.every((v, i) => mask[Math.floor(i / D)] === 1 || v === 0)).toBe(true);
      }),
    );
  });
});
