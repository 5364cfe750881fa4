import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromArray, Generator, randn } from "../../lib/index.js";
import {
  type Assignment,
  combine,
  dispatch,
  planByExpert,
  type RouteContext,
  type RouterConfig,
  route,
  type Routing,
} from "../../lib/moe/index.js";

const configs: Record<string, Partial<RouterConfig>> = {
  "top-1, raw": { topK: 1, renormalize: false },
  "top-2": { topK: 2 },
  "top-2, sigmoid": { topK: 2, score: "sigmoid" },
  "top-2, √softplus": { topK: 2, score: "sqrtSoftplus", renormalize: true },
  "top-2, dropping": { topK: 2, capacityFactor: 1 },
  "top-2, dropping, kept renormalized": { topK: 2, capacityFactor: 1, renormalize: "kept" },
  "top-2, next best": { topK: 2, capacityFactor: 1, overflow: "nextBest" },
  "top-1, next best, token by token, by probability": {
    topK: 1,
    capacityFactor: 1,
    overflow: "nextBest",
    order: "tokenMajor",
    queue: "probability",
  },
  "top-2, next best, divided by the kept": {
    topK: 2,
    capacityFactor: 0.75,
    overflow: "nextBest",
    renormalize: "kept",
    minCapacity: 2,
  },
  "top-3, spread ties": { topK: 3, ties: "spread", capacityFactor: 1 },
  "top-2 in groups": { select: "groupLimited", topK: 2, score: "sigmoid", nGroup: 2, capacityFactor: 1 },
  "top-2, random queue": { topK: 2, capacityFactor: 0.75, queue: "random" },
  gshard: { select: "gshard", topK: 2, capacityFactor: 1.25 },
  "top-p": { select: "topP", topP: 0.6 },
  adaptive: { select: "adaptive", topK: 3 },
  "expert choice": { select: "expertChoice", topK: 1 },
  hash: { select: "hash", topK: 1 },
  table: { select: "table", topK: 2, score: "sqrtSoftplus", renormalize: true },
  random: { select: "random", topK: 1 },
  sinkhorn: { select: "sinkhorn", topK: 1 },
  base: { select: "base", topK: 1 },
  "straight through": { topK: 2, straightThrough: true },
  noisy: { topK: 2, noise: "normal", noiseScale: 1 },
  "learned noise": { topK: 1, noise: "learned" },
  gumbel: { topK: 1, noise: "gumbel" },
  "expert dropout": { topK: 1, expertDropout: 0.5 },
};
const named = Object.entries(configs);

/** Anything a router may be told, ties, NaN and infinities included. */
const wild = fc.oneof(
  { weight: 6, arbitrary: fc.float({ min: -8, max: 8, noNaN: true }) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
);
interface Given {
  n: number;
  e: number;
  values: number[];
}
/** No token and one; one expert, as many as are chosen, and more. */
const logitsOf = (value: fc.Arbitrary<number>): fc.Arbitrary<Given> =>
  fc.record({ n: fc.constantFrom(0, 1, 2, 7, 16), e: fc.constantFrom(1, 2, 4, 5) }).chain(({ n, e }) =>
    fc.record({
      n: fc.constant(n),
      e: fc.constant(e),
      values: fc.array(value, { minLength: n * e, maxLength: n * e }),
    }),
  );
const number = fc.float({ min: -8, max: 8, noNaN: true });
const calm = fc.oneof(
  { weight: 4, arbitrary: logitsOf(number) },
  { weight: 1, arbitrary: logitsOf(fc.constantFrom(0, 1)) }, // ties
  { weight: 1, arbitrary: logitsOf(fc.constant(0.5)) }, // nothing but ties
  { weight: 1, arbitrary: logitsOf(number).map((given) => hot(given, 30)) }, // one expert takes all
);

/** The same for a router that prefers its last expert by so much. */
const hot = ({ n, e, values }: Given, lead: number): Given => ({
  n,
  e,
  values: values.map((z, i) => (i % e === e - 1 ? z + lead : z)),
});

function routed(
  { n, e, values }: { n: number; e: number; values: readonly number[] },
  config: Partial<RouterConfig>,
  context: RouteContext = {},
): Routing {
  const fits =
    config.select === "gshard"
      ? e >= 2
      : config.select === "groupLimited"
        ? e >= 4 && e % (config.nGroup ?? 1) === 0
        : true;
  const topK = Math.min(config.topK ?? 2, e);
  const input = { ...config, topK, ...(fits ? {} : { select: "topK" as const, nGroup: 1 }) };
  const ids = Array.from({ length: n }, (_, i) => i % 3);
  const spread = fromArray(new Array<number>(n * e).fill(0), [n, e]);
  return route(fromArray(values, [n, e]), input, { training: true, rng: new Generator(5), ids, spread, ...context });
}

describe.each(named)("%s", (_, config) => {
  it("keeps, reroutes, drops or skips every (token, slot) exactly once, and no expert is over its capacity", () => {
    fc.assert(
      fc.property(fc.oneof(calm, logitsOf(wild)), (given) => {
        const routing = routed(given, config);
        const list = routing.assignments();
        expect(new Set(list.map((a) => `${a.token}/${a.slot}`)).size).toBe(list.length);
        if (routing.topK !== null) expect(list.length).toBe(given.n * routing.topK);
        for (const { token, expert, status, position, rank } of list) {
          expect(token >= 0 && token < given.n && expert >= 0 && expert < given.e).toBe(true);
          const isPlaced = status === "kept" || status === "rerouted";
          expect([position < 0, rank < 0]).toEqual([!isPlaced, !isPlaced]);
        }
        const placed = list.filter((a) => a.position >= 0);
        expect(new Set(placed.map((a) => `${a.expert}/${a.position}`)).size).toBe(placed.length);
        expect(new Set(placed.map((a) => `${a.token}/${a.expert}`)).size).toBe(placed.length);
        if (routing.capacity !== null) for (const a of placed) expect(a.position).toBeLessThan(routing.capacity);
        for (let e = 0; e < given.e; e++) {
          const places = placed.filter((a) => a.expert === e).map((a) => a.position);
          expect(places.sort((a, b) => a - b)).toEqual(places.map((_, i) => i)); // no gap in its queue
        }
        for (const shares of [routing.load, routing.demand]) {
          const total = shares.reduce((x, y) => x + y, 0);
          expect(Math.abs(total - 1) < 1e-9 || total === 0).toBe(true);
        }
      }),
    );
  });

  it("gives weights that sum to what its rule says", () => {
    fc.assert(
      fc.property(calm, (given) => {
        const routing = routed(given, config);
        const sums = new Array<number>(given.n).fill(0);
        const placed = new Array<number>(given.n).fill(0);
        const list = routing.assignments();
        for (const a of list) {
          if (a.position < 0) expect(a.weight).toBe(0);
          else placed[a.token]++;
          expect(a.weight >= 0 && a.weight <= 1 + 1e-6).toBe(true);
          sums[a.token] += a.weight;
        }
        const chosen = new Array<number>(given.n).fill(0);
        for (const a of list) chosen[a.token]++;
        const topK = Math.min(config.topK ?? 2, given.e);
        const whole = config.straightThrough === true || config.renormalize !== false;
        const divided = whole && (topK > 1 || config.straightThrough === true || config.select === "hash");
        const afterDrop = config.renormalize === "kept" || (config.overflow === "nextBest" && divided);
        sums.forEach((sum, n) => {
          if (config.select === "random") expect(sum).toBeCloseTo(1, 5);
          else if (config.select === "expertChoice" || !divided) expect(sum).toBeLessThanOrEqual(given.e);
          else if (placed[n] === chosen[n] || (afterDrop && placed[n] > 0))
            expect(sum).toBeCloseTo(chosen[n] > 0 ? 1 : 0, 4);
          else expect(sum).toBeLessThan(1 + 1e-5);
        });
      }),
    );
  });

  it("conserves what passes through: dispatch and combine with experts that do nothing give Σ w · x", () => {
    fc.assert(
      fc.property(calm, (given) => {
        const routing = routed(given, config);
        const x = randn([given.n, 3], new Generator(3));
        const plan = planByExpert(routing);
        const y = combine(dispatch(x, plan), routing.weights, plan).toTypedArray();
        const X = x.toTypedArray();
        const sums = new Array<number>(given.n).fill(0);
        for (const a of routing.assignments()) sums[a.token] += a.weight;
        y.forEach((v, i) => expect(v).toBeCloseTo(sums[Math.floor(i / 3)] * X[i], 4));
      }),
    );
  });

  it("decides the same for the same seed, and at evaluation whatever the seed", () => {
    const given = { n: 16, e: 4, values: Array.from(randn([64], new Generator(8)).toTypedArray()) };
    expect(routed(given, config).assignments()).toEqual(routed(given, config).assignments());
    const evaluated = (rng: Generator): Assignment[] => routed(given, config, { training: false, rng }).assignments();
    const rng = new Generator(1);
    expect(evaluated(rng)).toEqual(evaluated(rng)); // evaluating draws nothing that another pass would miss
    expect(rng.uint32()).toBe(new Generator(1).uint32());
    if (config.select === "random" || config.queue === "random") return; // their draws are the rule itself
    expect(evaluated(new Generator(1))).toEqual(evaluated(new Generator(2)));
  });
});

/** Distinct logits: with ties the order of the experts may matter. */
const distinct = (n: number, e: number, seed: number): number[][] => {
  const flat = Array.from(randn([n, e], new Generator(seed)).toTypedArray());
  return Array.from({ length: n }, (_, t) => flat.slice(t * e, (t + 1) * e));
};
const shuffledOrder = (n: number, seed: number): number[] => {
  const rng = new Generator(seed);
  return Array.from({ length: n }, (_, i) => ({ i, u: rng.uniform() }))
    .sort((a, b) => a.u - b.u)
    .map(({ i }) => i);
};
const key = (a: Assignment): string => `${a.token} ${a.expert} ${a.slot} ${a.status} ${a.rank}`;
/** The same decisions in any order, and weights that agree up to rounding. */
function expectSame(found: readonly Assignment[], wanted: readonly Assignment[]): void {
  const byKey = (all: readonly Assignment[]): [string, number][] =>
    all.map((a): [string, number] => [key(a), a.weight]).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const [a, b] = [byKey(found), byKey(wanted)];
  expect(a.map(([name]) => name)).toEqual(b.map(([name]) => name));
  a.forEach(([, weight], i) => expect(weight).toBeCloseTo(b[i][1], 5));
}

const still = named.filter(([, c]) => !c.noise && !c.expertDropout && c.queue !== "random" && c.select !== "random");

describe.each(still)("%s, permuted", (_, config) => {
  const route2 = (rows: number[][], ids: number[]): Routing =>
    route(fromArray(rows.flat(), [rows.length, rows[0].length]), config, {
      training: true,
      rng: new Generator(5),
      ids,
      uniform: ids.map(() => 0.3),
    });

  it("does the same when the experts are renamed", () => {
    if (config.select === "hash" || config.select === "table") return; // there an expert is its number
    for (let seed = 0; seed < 12; seed++) {
      const rows = distinct(10, 4, seed);
      // Experts of one group stay together.
      const inGroups = [
        [1, 0, 2, 3],
        [2, 3, 0, 1],
        [3, 2, 1, 0],
      ][seed % 3];
      const order = config.select === "groupLimited" ? inGroups : shuffledOrder(4, seed + 100);
      const ids = rows.map((_, i) => i);
      const a = route2(rows, ids).assignments();
      const b = route2(
        rows.map((row) => order.map((e) => row[e])),
        ids,
      ).assignments();
      expectSame(
        b.map((x) => ({ ...x, expert: order[x.expert] })),
        a,
      );
    }
  });

  it("does the same when the tokens change places, where order must not matter", () => {
    const limited = config.capacityFactor !== undefined && config.queue !== "probability";
    if (limited) return; // a queue by position depends on the order by design
    for (let seed = 0; seed < 12; seed++) {
      const rows = distinct(10, 4, seed);
      const order = shuffledOrder(10, seed + 200);
      const ids = rows.map((_, i) => i);
      const a = route2(rows, ids).assignments();
      const b = route2(
        order.map((n) => rows[n]),
        order.map((n) => ids[n]),
      ).assignments();
      expectSame(
        b.map((x) => ({ ...x, token: order[x.token] })),
        a,
      );
    }
  });
});

describe("numbers that are none", () => {
  it("a NaN logit makes that token's weights NaN, so that training stops, and leaves the others alone", () => {
    const routing = route(fromArray([NaN, 1, 2, 0, 1, 2], [2, 3]), { topK: 2 });
    const [a, b, c, d] = routing.assignments().map((x) => x.weight);
    expect([a, b].every(Number.isNaN)).toBe(true);
    expect(c + d).toBeCloseTo(1, 6);
  });

  it("a logit of −∞ is never chosen while there are others, and weighs 0 where it must be", () => {
    const logits = fromArray([-Infinity, 1, -Infinity, 2], [1, 4]);
    expect(
      route(logits, { topK: 2 })
        .assignments()
        .map((a) => a.expert),
    ).toEqual([3, 1]);
    expect(route(logits, { topK: 3 }).assignments()[2]).toMatchObject({ weight: 0 });
    const nothing = route(fromArray([-Infinity, -Infinity], [1, 2]), { topK: 1, renormalize: true });
    expect(nothing.assignments()[0].weight).toBe(0);
  });
});
