import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { supports } from "../../lib/kernels/detect.js";
import { unaryKernels } from "../../lib/kernels/rows/unary.js";
import { operand, uniform } from "./operands.js";

// Before the memory is made: it is shared only where there may be threads, and this process has one core's worth by default.
process.env.TWINFORMER_THREADS = "3";
const kernels = await import("../../lib/kernels/index.js");
const { matmul, matmulGrouped, matmulGroupedOuter, piecesByThread, rowKernels, threadCount, useThreads } = kernels;
const { Storage, setMemoryBudget } = await import("../../lib/kernels/memory.js");
const { wasmMemory } = await import("../../lib/kernels/linear.js");

const builds = (["simd", "relaxed"] as const).filter(supports);
afterAll(() => useThreads(1));

/** The result of `run` with each number of threads; fails unless it is the same, bit by bit. */
function sameOnAllThreads(run: () => Float32Array): Float32Array {
  useThreads(1);
  const expected = run().slice();
  for (const threads of [2, 3]) {
    useThreads(threads);
    const found = run();
    const different = found.findIndex((x, i) => !Object.is(x, expected[i]));
    expect(different, `element ${different} with ${threads} threads`).toBe(-1);
  }
  return expected;
}

it("threads share the memory, and are as many as the environment says", () => {
  expect(wasmMemory()!.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(threadCount()).toBe(3);
});

describe.each(builds)("threads of the %s build", (name) => {
  beforeEach(() => kernels.useKernels(name));
  const next = uniform(5);

  it.each([
    ["more rows than columns", 300, 64, 40, 1],
    ["more columns than rows", 40, 64, 300, 1],
    ["so few rows that they are dot products", 2, 512, 1100, 1],
    ["rows of which a third would be few enough for dot products", 17, 4000, 16, 1],
    ["just more rows than dot products have", 9, 7000, 8, 1],
    ["one row", 1, 2048, 400, 1],
    ["many products", 33, 17, 65, 30],
    ["deeper than a packed block", 130, 700, 130, 1],
  ])("compute the same products: %s", (_, m, k, n, batch) => {
    for (const [left, right] of [
      ["rows", "rows"],
      ["rows", "columns"],
      ["columns", "gaps"],
    ] as const) {
      const [a, b] = [operand(left, m, k, batch, next), operand(right, k, n, batch, next)];
      for (const accumulate of [false, true]) {
        const values = sameOnAllThreads(() => {
          const c = operand("slice", m, n, batch, () => 0.25);
          matmul(m, k, n, batch, a, b, c, accumulate);
          return c.storage.f32();
        });
        expect(values.some((x) => x !== 0 && x !== 0.25)).toBe(true);
      }
    }
  });

  it.each([
    ["evenly", [0, 100, 200, 300]],
    ["in groups of 0, 2, 3 and 1 rows, and cuts inside large ones", [0, 0, 2, 5, 151, 152, 300]],
    ["so that a cut leaves few rows of a group", [0, 98, 145, 205, 300]],
    ["all in one group", [0, 300, 300, 300]],
    ["in a hundred groups", Array.from({ length: 101 }, (_, e) => 3 * e)],
  ])("compute the same grouped products of rows that are spread %s", (_, boundaries) => {
    const starts = Int32Array.from(boundaries);
    const [k, n, groups] = [64, 48, starts.length - 1];
    const a = operand("rows", 300, k, 1, next);
    for (const layout of ["rows", "columns"] as const) {
      const b = operand(layout, k, n, groups, next);
      sameOnAllThreads(() => {
        const c = operand("rows", 300, n, 1, () => 0.5);
        matmulGrouped(starts, k, n, a, b, c, true);
        return c.storage.f32();
      });
    }
    const dy = operand("rows", 300, n, 1, next);
    sameOnAllThreads(() => {
      const w = operand("rows", k, n, groups, () => NaN);
      matmulGroupedOuter(starts, k, n, a, dy, w);
      return w.storage.f32();
    });
  });

  it("compute the same functions of rows", () => {
    const [rows, n] = [3 * 37, 1001];
    const size = rows * n;
    const [x, dy] = [operand("rows", rows, n, 1, next), operand("rows", rows, n, 1, next)];
    const weight = operand("rows", 1, n, 1, next);
    const fresh = (length = size) => ({ storage: new Storage(length), offset: 0 });
    const filled = (from: typeof x) => {
      const copy = fresh();
      copy.storage.f32().set(from.storage.f32());
      return copy;
    };
    const out = (run: (y: ReturnType<typeof fresh>) => void) =>
      sameOnAllThreads(() => {
        const y = fresh();
        run(y);
        return y.storage.f32();
      });
    const rk = rowKernels();
    for (const f of unaryKernels) {
      out((y) => rk[f](size, x, y));
      out((y) => rk[`${f}Backward`](size, x, dy, y));
    }
    const p = out((y) => rk.softmax(rows, n, x, y, 1.5, 1, n, fresh(2 * rows)));
    expect(p[0]).toBeGreaterThan(0);
    const causal = out((y) => rk.softmax(rows, n, x, y, 1.5, 37, 0, fresh(2 * rows)));
    expect([causal[37 * n], causal[37 * n + 1]]).toEqual([1, 0]); // the second block's first row sees one number
    out((y) => rk.softmaxBackward(rows, n, x, dy, y, 0.5));
    const [hat, rstd] = [fresh(), fresh(rows)];
    for (const centered of [true, false]) {
      out((y) => rk.norm(rows, n, x, weight, null, 1e-5, centered, hat, rstd, y));
      out((y) => rk.normBackward(rows, n, dy, weight, hat, rstd, centered, y));
    }
    const numbers = {
      betas: [0.9, 0.99],
      stepSize: 0.01,
      invSqrtBiasCorrection2: 1.5,
      eps: 1e-8,
      weightDecayFactor: 0.9,
      decay: 0.1,
    } as const;
    sameOnAllThreads(() => {
      const [w, m, v] = [filled(x), filled(dy), fresh()];
      v.storage.f32().fill(0.5);
      rk.adam(size, w, dy, m, v, numbers);
      return w.storage.f32();
    });
  });

  it.each([
    ["a head of keys for each", 3],
    ["heads that share keys", 1],
  ])("compute the same attention and gradients, in more calls than fit a mailbox: %s", (_, groups) => {
    const [batch, heads, queries, size] = [70, 3, 40, 16];
    const sizes = { batch, heads, groups, queries, keys: queries, size, valueSize: size, scale: 0.25, ahead: 0 };
    const place = (h: number, fill: () => number) => {
      const { storage } = operand("rows", batch * h * queries, size, 1, fill);
      return { storage, offset: 0, batchStride: h * queries * size, headStride: queries * size, rowStride: size };
    };
    const [q, k, v, dy] = [place(heads, next), place(groups, next), place(groups, next), place(heads, next)];
    const stats = { storage: new Storage(2 * batch * heads * queries), offset: 0 };
    sameOnAllThreads(() => {
      const y = place(heads, () => NaN);
      kernels.attention(sizes, q, k, v, y, stats);
      return y.storage.f32();
    });
    for (const wanted of [0, 1, 2])
      sameOnAllThreads(() => {
        const results = [place(heads, () => NaN), place(groups, () => NaN), place(groups, () => NaN)] as const;
        kernels.resetCounter();
        kernels.attentionBackward(sizes, q, k, v, dy, stats, ...results);
        expect(kernels.counter.wasmFlops).toBeGreaterThan(batch * heads * queries * queries * size * 5);
        return results[wanted].storage.f32();
      });
  });

  it("really work, and go on after the memory has grown and blocks have moved", () => {
    useThreads(2);
    const [a, b] = [operand("rows", 512, 256, 1, next), operand("rows", 256, 256, 1, next)];
    const before = piecesByThread()[0];
    const held = [];
    const budget = setMemoryBudget(1);
    try {
      // A busy machine may give the second core to others for a while.
      const end = performance.now() + 50_000;
      while (piecesByThread()[0] < before + 20 && performance.now() < end) {
        const c = operand("rows", 512, 256, 1, () => 0);
        matmul(512, 256, 256, 1, a, b, c);
        held.push(c.storage);
        for (let i = 0; i < 100; i++) new Storage(1); // old blocks may move out
      }
    } finally {
      setMemoryBudget(budget);
    }
    expect(piecesByThread()[0]).toBeGreaterThanOrEqual(before + 20);
    const [first, ...others] = held.map((storage) => storage.f32());
    for (const other of others) expect(Buffer.compare(bytes(first), bytes(other))).toBe(0);
  });
});

const bytes = (x: Float32Array) => Buffer.from(x.buffer, x.byteOffset, x.byteLength);

it("training on threads gives the very losses of one thread", async () => {
  const { trainingStep, small, experts } = await import("../bench/steps/recipes.js");
  sameOnAllThreads(() => {
    const step = trainingStep({ ...small, nLayer: 2, ...experts, dExpert: 128 }, 8);
    return Float32Array.from({ length: 3 }, step.run);
  });
});

it("refuses numbers that mean nothing", () => {
  for (const count of [0, 1.5, 5, NaN]) expect(() => useThreads(count)).toThrow(/integer from 1 to 4/);
});

it("leaves no process hanging, and no thread where the environment says one", async () => {
  const { spawnSync } = await import("node:child_process");
  const program = `
    const k = await import("./lib/kernels/index.ts");
    const t = await import("./lib/index.ts");
    const x = t.ones([512, 512]);
    for (let i = 0; i < 20; i++) t.matmul(x, x);
    console.log(JSON.stringify([k.threadCount(), k.piecesByThread().length]));`;
  const run = (threads: string) =>
    spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
      encoding: "utf8",
      env: { ...process.env, TWINFORMER_THREADS: threads, VITEST: undefined },
    });
  const [two, one] = [run("2"), run("1")];
  expect(two.stderr + one.stderr).toBe("");
  expect([two.status, one.status]).toEqual([0, 0]);
  expect(JSON.parse(two.stdout)).toEqual([2, 1]);
  expect(JSON.parse(one.stdout)).toEqual([1, 0]);
});
