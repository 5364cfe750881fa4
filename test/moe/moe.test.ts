import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counter } from "../../lib/kernels/index.js";
import {
  effectiveExperts,
  loadCV,
  MoE,
  moeByLoop,
  routeTopK,
  type Routing,
  switchBalanceLoss,
} from "../../lib/moe/index.js";
import { fromArray, Generator, gradcheck, mul, randn, softmax, sum, type Tensor } from "../../lib/index.js";

const rng = new Generator(7);
const layer = (options: Partial<ConstructorParameters<typeof MoE>[2]> = {}): MoE =>
  new MoE(6, 5, { rng: rng.fork("layer"), nExpert: 4, topK: 2, std: 0.5, bias: true, ...options });
const numbers = (x: Tensor | null): number[] => Array.from(x ? x.toTypedArray() : []);
const grads = (moe: MoE): Map<string, number[]> =>
  new Map(moe.namedParameters().map(([name, p]) => [name, numbers(p.grad)]));

describe("the mixture-of-experts layer", () => {
  it("equals the slow loop over tokens and experts, forward and in every gradient", () => {
    const moe = layer();
    const run = (f: (x: Tensor) => Tensor): { y: number[]; dx: number[]; dw: Map<string, number[]> } => {
      const x = randn([9, 6], rng.fork("x"));
      x.requiresGrad = true;
      moe.zeroGrad();
      const y = f(x);
      sum(mul(y, randn([9, 6], rng.fork("dy")))).backward();
      return { y: numbers(y), dx: numbers(x.grad), dw: grads(moe) };
    };
    const [fast, slow] = [run((x) => moe.forward(x)), run((x) => moeByLoop(moe, x))];
    const close = (a: number[], b: number[]): void => {
      expect(a.length).toBe(b.length);
      a.forEach((v, i) => expect(Math.abs(v - b[i])).toBeLessThan(1e-5 + 1e-4 * Math.abs(b[i])));
    };
    close(fast.y, slow.y);
    close(fast.dx, slow.dx);
    for (const [name, grad] of fast.dw) {
      expect(
        grad.some((g) => g !== 0),
        name,
      ).toBe(true);
      close(grad, slow.dw.get(name)!);
    }
  });

  it("has the gradients that finite differences measure", () => {
    const moe = layer();
    const x = randn([5, 6], rng.fork("gradcheck"));
    x.requiresGrad = true;
    // Nudges must not move a token to another expert; with this seed they do not.
    gradcheck((input) => moe.forward(input), [x, ...moe.parameters()]);
  });

  it("computes exactly topK rows per token, counted inside the matmul, whatever the number of experts", () => {
    const rowsOf = (nExpert: number): number => {
      const routings: Routing[] = [];
      const before = counter.rows;
      const moe = layer({ nExpert });
      moe.forward(randn([3, 11, 6], rng.fork("rows")), { routings });
      const router = 33;
      expect((counter.rows - before - router) / 2).toBe(routings[0].rowsExecuted);
      return routings[0].rowsExecuted!;
    };
    expect(rowsOf(4)).toBe(33 * 2);
    expect(rowsOf(64)).toBe(33 * 2);
  });

  it("treats each token for itself: permuting the tokens permutes the outputs", () => {
    const moe = layer();
    const x = randn([8, 6], rng.fork("permute"));
    const order = [3, 1, 7, 0, 2, 6, 5, 4];
    const rows = x.toArray() as number[][];
    const shuffled = fromArray(
      order.flatMap((i) => rows[i]),
      [8, 6],
    );
    const [y, z] = [moe.forward(x).toArray() as number[][], moe.forward(shuffled).toArray() as number[][]];
    order.forEach((from, to) => z[to].forEach((v, i) => expect(v).toBeCloseTo(y[from][i], 5)));
  });

  it("works where an expert gets no token", () => {
    const moe = layer({ nExpert: 32 });
    const x = randn([2, 6], rng.fork("empty"));
    const y = moe.forward(x);
    sum(y).backward();
    expect(numbers(y).every(Number.isFinite)).toBe(true);
    expect(moe.parameters().every((p) => numbers(p.grad).every(Number.isFinite))).toBe(true);
  });
});

describe("softmax top-k routing", () => {
  const logits = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 4, maxLength: 40 });

  it("gives weights that sum to 1 and equal a softmax over the chosen logits alone", () => {
    fc.assert(
      fc.property(logits, fc.integer({ min: 1, max: 4 }), (values, topK) => {
        const n = Math.floor(values.length / 4);
        const routing = routeTopK(fromArray(values.slice(0, 4 * n), [n, 4]), { topK });
        const weights = routing.weights.toArray() as number[][];
        for (let t = 0; t < n; t++) {
          const chosen = Array.from(routing.experts.slice(t * topK, (t + 1) * topK), (e) =>
            Math.fround(values[t * 4 + e]),
          );
          const alone = softmax(fromArray(chosen, [topK]), 0).toArray() as number[];
          weights[t].forEach((w, k) => expect(w).toBeCloseTo(alone[k], 5));
          expect(weights[t].reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
        }
      }),
    );
  });

  it("lists every (token, slot) exactly once, and its load and importance sum to 1", () => {
    const routing = routeTopK(randn([50, 8], rng.fork("list")), { topK: 3 });
    const seen = new Set(routing.assignments().map((a) => `${a.token}/${a.slot}`));
    expect(seen.size).toBe(150);
    expect(routing.assignments().every((a) => routing.experts[a.token * 3 + a.slot] === a.expert)).toBe(true);
    expect(routing.load.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect(routing.importance.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });

  it("with top-1 and renormalized weights the router learns nothing; without, it does", () => {
    const routerGrad = (renormalize: boolean): number => {
      const moe = layer({ topK: 1, renormalize });
      sum(mul(moe.forward(randn([7, 6], rng.fork("top1"))), randn([7, 6], rng.fork("dy")))).backward();
      return Math.max(...numbers(moe.router.weight!.grad).map(Math.abs));
    };
    expect(routerGrad(true)).toBe(0);
    expect(routerGrad(false)).toBeGreaterThan(1e-3);
  });

  it("says what is wrong with topK", () => {
    expect(() => layer({ topK: 5 })).toThrow("router: topK must be at most the 4 experts, got 5");
  });
});

describe("the Switch balance loss", () => {
  const routed = (rows: number[][], topK = 1) =>
    routeTopK(fromArray(rows.flat().map(Math.log), [rows.length, rows[0].length]), { topK });

  it("is 1 when even and E when everything goes to one expert", () => {
    const even = [0, 1, 2, 3].map((hot) => [0, 1, 2, 3].map((e) => (e === hot ? 0.97 : 0.01)));
    expect(switchBalanceLoss(routed(even)).item()).toBeCloseTo(1, 5);
    const one = [0, 0, 0].map(() => [1 - 3e-9, 1e-9, 1e-9, 1e-9]);
    expect(switchBalanceLoss(routed(one)).item()).toBeCloseTo(4, 5);
  });

  it("can go below 1: the value at balance is no lower bound", () => {
    const rows = [...Array.from({ length: 6 }, () => [0.51, 0.49]), ...Array.from({ length: 4 }, () => [1e-9, 1])];
    expect(switchBalanceLoss(routed(rows)).item()).toBeCloseTo(0.9224, 3);
  });

  it("pushes probability from busy experts to idle ones, through P alone", () => {
    const logits = randn([20, 4], rng.fork("balance"));
    logits.requiresGrad = true;
    gradcheck((x) => switchBalanceLoss(routeTopK(x, { topK: 1 })), [logits]);
  });
});

describe("load metrics", () => {
  it("match their reference values for an even load and for one expert of eight", () => {
    const [even, one] = [new Array<number>(8).fill(1 / 8), [1, 0, 0, 0, 0, 0, 0, 0]];
    expect(loadCV(even)).toBeCloseTo(0, 9);
    expect(loadCV(one)).toBeCloseTo(2.6458, 4);
    expect(effectiveExperts(even)).toBeCloseTo(8, 9);
    expect(effectiveExperts(one)).toBeCloseTo(1, 9);
  });
});
