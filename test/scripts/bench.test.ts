import { describe, expect, test } from "vitest";
import { kernelName, useKernels } from "../../lib/kernels/index.js";
import { valueOf } from "../../lib/plot/palette.js";
import { barChart } from "../bench/products/chart.js";
import { interleaveTimed, pairedRatio, repeatsFor, spread, timed } from "../bench/measure.js";
import { measureProduct } from "../bench/products/measure.js";
import { LIMIT, table } from "../bench/plots.bench.js";
import { productModel } from "../bench/products/onnxModel.js";
import { chosen, operands, products, type Product, type ProductPeer } from "../bench/products/product.js";
import { floatsOf } from "../bench/products/python.js";
import { line } from "../bench/products/table.js";
import { command } from "../launcher/clone.js";

/** The definition, as a peer. */
const loops: ProductPeer = {
  name: "loops",
  wasm: true,
  prepare({ m, k, n, batch, layout }, clock) {
    const { a, b } = operands({ title: "", m, k, n, batch, layout });
    const at = (z: number, i: number, p: number) => a[z * m * k + (layout === "TN" ? p * m + i : i * k + p)];
    const bt = (z: number, p: number, j: number) => b[z * k * n + (layout === "NT" ? j * k + p : p * n + j)];
    const c = new Float32Array(batch * m * n);
    const run = () => {
      for (let z = 0, to = 0; z < batch; z++)
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++, to++) {
            let sum = 0;
            for (let p = 0; p < k; p++) sum += at(z, i, p) * bt(z, p, j);
            c[to] = sum;
          }
    };
    return { ...timed("loops", clock, run), result: () => (run(), c) };
  },
};
const small = (layout: Product["layout"], batch = 1): Product => ({ title: layout, m: 8, k: 16, n: 12, batch, layout });
const options = { peers: [loops], rounds: 2, clock: "wall" } as const;

describe("measuring", () => {
  test("every round times each contender once, and begins with another one", async () => {
    const order: string[] = [];
    const contender = (name: string) => ({ name, time: (repeats: number) => (order.push(name), repeats) });
    const seen: number[] = [];
    const times = await interleaveTimed(["a", "b", "c"].map(contender), 2, [1, 2, 3], 1, (soFar) => {
      seen.push(soFar[0].length);
    });
    expect(order.join("")).toBe("abcbcacab");
    expect(times).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(seen).toEqual([1, 2]);
  });

  test("a contender that takes half as long runs twice as often in a round", async () => {
    const contenders = [4, 2].map((ms) => ({ name: `${ms}`, time: () => ms }));
    expect(await repeatsFor(contenders, 40)).toEqual([10, 20]);
  });

  test("ratios are paired by round, so that a machine that slows down changes none of them", () => {
    expect(pairedRatio([1, 10, 100], [2, 20, 200])).toEqual({ median: 2, low: 2, high: 2 });
    expect(spread([5, 1, 3, 2, 4])).toEqual({ median: 3, low: 2, high: 4 });
  });
});

describe("matrix products", () => {
  test.each([small("NN"), small("NT"), small("TN"), small("NT", 3)])(
    "ours and the definition agree: $layout",
    async (product) => {
      const rounds: number[] = [];
      const row = await measureProduct(product, {
        ...options,
        kernels: kernelName(),
        watch: (soFar) => void rounds.push(soFar.rounds),
      });
      expect(rounds).toEqual([1, 2]);
      expect(row).toMatchObject({ best: "loops", ratioToBest: row.ratios.loops });
      expect(Object.keys(row.gflops)).toEqual(["ours", "loops", "ceiling"]);
      expect(row.shareOfCeiling!.median).toBeGreaterThan(0);
      expect(line(row)).toContain("loops");
    },
  );

  test("the best peer is the fastest of those in WebAssembly", async () => {
    const peer = (name: string, ms: number, wasm = true): ProductPeer => ({
      name,
      wasm,
      prepare: async (product, clock) => ({ ...(await loops.prepare(product, clock)), name, time: () => ms }),
    });
    const peers = [peer("slow", 100), peer("fast", 50), peer("faster, elsewhere", 10, false)];
    const row = await measureProduct(small("NN"), { ...options, peers, kernels: kernelName() });
    expect(row.best).toBe("fast");
    expect(row.gflops.fast.median).toBeCloseTo((2 * 8 * 16 * 12) / 1e9 / 0.05, 12);
  });

  test("the TypeScript kernels have no ceiling", async () => {
    const before = kernelName();
    useKernels("typescript");
    try {
      const row = await measureProduct(small("NN"), { ...options, kernels: "typescript" });
      expect(row.shareOfCeiling).toBeNull();
    } finally {
      useKernels(before);
    }
  });

  test("a peer that computes something else is refused, not measured", async () => {
    const wrong: ProductPeer = {
      ...loops,
      prepare: async (...to) => ({
        ...(await loops.prepare(...to)),
        name: "wrong",
        result: () => new Float32Array(96),
      }),
    };
    await expect(measureProduct(small("NN"), { ...options, peers: [wrong], kernels: kernelName() })).rejects.toThrow(
      /^NN: element 0 is .* here and 0 in wrong$/,
    );
  });

  test("--shape takes any product in the form of a title, and each title of the list means that product", () => {
    for (const each of products) expect(chosen(each.title)).toEqual([each]);
    expect(chosen(undefined)).toBe(products);
    expect(chosen("3x5x7, 2 TN; 1x1x1")).toEqual([
      { title: "3x5x7, 2 TN", m: 3, k: 5, n: 7, batch: 2, layout: "TN" },
      { title: "1x1x1", m: 1, k: 1, n: 1, batch: 1, layout: "NN" },
    ]);
  });

  test.each(["2x2", "2x2x2x2", "0x2x2", "2x-2x2", "2.5x2x2", "2x2x2, 0", "2x2x2 TT", "", "all"])(
    "--shape %j is refused, with the form",
    (shape) => {
      expect(() => chosen(shape)).toThrow(
        `"${shape}" is no product: write m×k×n, a batch and a layout like "256x128x512"`,
      );
    },
  );

  test("numbers are read from any bytes: from a part of a pool, at any offset, or from bytes of their own", () => {
    const numbers = new Float32Array([1, -2.5, 3e-9]);
    const base64 = Buffer.from(numbers.buffer).toString("base64");
    const small = Buffer.from(base64, "base64");
    expect(small.buffer.byteLength).toBeGreaterThan(small.length); // else this shows nothing
    const odd = Buffer.concat([Buffer.from([9]), small]).subarray(1);
    for (const bytes of [small, odd, new Uint8Array(small)]) expect(floatsOf(bytes)).toEqual(numbers);
  });

  test("the ONNX model holds the product as often as it is told, its shapes, and both sets of operators", () => {
    const model = Buffer.from(productModel(small("NT"), 3)).toString("latin1");
    expect(model.match(/FusedMatMul/g)).toHaveLength(3);
    expect(model.match(/transB/g)).toHaveLength(3);
    // ValueInfoProto of B: "B", a tensor of floats, 12 × 16.
    expect(model).toContain("\x0a\x01B\x12\x0e\x0a\x0c\x08\x01\x12\x08\x0a\x02\x08\x0c\x0a\x02\x08\x10");
    expect(model.slice(0, 2)).toBe("\x08\x08"); // IR version 8
    expect(model.slice(-23)).toBe("\x42\x02\x10\x0d\x42\x11\x0a\x0dcom.microsoft\x10\x01");
  });
});

test("a bar is as long as its median, and ours has a color of its own", () => {
  const value = { median: 2, low: 1, high: 3 };
  const svg = barChart("Title", "unit", [
    { name: "ours", value, ours: true },
    { name: "other", value: { ...value, median: 1 } },
  ]).svg();
  const widths = [...svg.matchAll(/<rect[^>]* width="([\d.]+)" x=/g)].map((match) => Number(match[1]));
  expect(widths).toHaveLength(2);
  expect(widths[0]).toBeCloseTo(2 * widths[1], 1);
  expect(svg).toContain(`fill="${valueOf("dense", "light")}"`);
});

test("the table of drawings has the slowest first, and names those that take too long", () => {
  const drawn = (figure: string, ms: number) => ({ figure, ms: { median: ms, low: ms - 1, high: ms + 1 }, kB: 12.6 });
  const lines = table([drawn("quick", 9), drawn("slow", LIMIT + 1), drawn("just", LIMIT)]);
  expect(lines.slice(1).map((line) => line.replace(/ +/g, " "))).toEqual([
    "slow 201 (200–202) 13",
    "just 200 (199–201) 13",
    "quick 9 (8–10) 13",
    "over 200 ms: slow",
  ]);
  expect(table([drawn("quick", 9)]).at(-1)).toBe("none over 200 ms");
});

test("a suite that does not exist is named, with those that do", async () => {
  const run = command(["--import", "tsx", "scripts/bench/main.ts", "nonsense"]);
  expect(await run.code).toBe(1);
  expect(run.output).toMatch(/^there is no bench suite "nonsense"; the suites are browser, .*matmul.*start/);
});
