/** Where something is missing or forbidden, the engine computes all the same, with what is left. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildSync } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { repository } from "./builds.js";

const folder = mkdtempSync(path.join(tmpdir(), "ways-down-"));
const file = path.join(folder, "step.mjs");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A product large enough for threads, attention, both twins' forward and backward pass, and a step of AdamW. */
const program = `
import { AdamW } from "./lib/train/index.ts";
import * as t from "./lib/index.ts";
import { twins } from "./lib/models/index.ts";
export function run() {
  const x = t.randn([192, 192], new t.Generator(1));
  const products = Array.from({ length: 3 }, () => t.sum(t.matmul(x, x)).item());
  const config = { vocabSize: 11, blockSize: 8, nLayer: 1, nHead: 2, dModel: 8, nExpert: 3 };
  const ids = t.fromArray([1, 2, 3, 4, 5, 6, 7, 8], [1, 8], "int32");
  const losses = Object.values(twins(config, { seed: 1 })).map((model) => {
    const optimizer = new AdamW(model.parameters());
    let loss;
    for (let step = 0; step < 3; step++) {
      loss = t.crossEntropy(model.forward(ids).logits, ids);
      loss.backward();
      optimizer.step(0.01);
    }
    return loss.item();
  });
  const large = t.ones([1024, 1024]);
  return { kernel: t.kernelName(), threads: t.threadCount(), products, losses, large: t.sum(large).item() };
}
`;
interface Result {
  kernel: string;
  threads: number;
  products: number[];
  losses: number[];
  large: number;
}
let expected: Result;

beforeAll(() => {
  const stdin = { contents: `${program}\nconsole.log(JSON.stringify(run()));`, resolveDir: repository };
  const external = ["@observablehq/plot", "jsdom"];
  buildSync({ stdin, bundle: true, format: "esm", platform: "node", outfile: file, external, logLevel: "error" });
  expected = inNode([], "");
  expect(expected.kernel).not.toBe("typescript");
});

/** What the program says in a Node of its own. @param shell commands before it  @param first code before the library is loaded */
function inNode(flags: string[], first: string, shell = "", threads = "2"): Result {
  const entry = path.join(folder, "entry.mjs");
  writeFileSync(entry, `${first}\nawait import("./step.mjs");`);
  const command = `${shell} exec "${process.execPath}" ${flags.join(" ")} "${entry}"`;
  const env = { ...process.env, TWINFORMER_THREADS: threads, VITEST: undefined, NODE_OPTIONS: "" };
  const { stdout, stderr, status } = spawnSync("sh", ["-c", command], { encoding: "utf8", env });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Result;
}

function works(result: Result): void {
  result.products.forEach((sum, i) => expect(sum).toBeCloseTo(expected.products[i], 1));
  result.losses.forEach((loss, i) => expect(loss).toBeCloseTo(expected.losses[i], 4));
  expect(result.large).toBe(2 ** 20);
}

const permission = Number(process.versions.node.split(".")[0]) < 23 ? "--experimental-permission" : "--permission";
const throwing = (what: string) =>
  `WebAssembly.${what} = class { constructor() { throw new RangeError("refused"); } };`;

describe("the engine goes on", () => {
  it("without threads, where Node's permission model forbids them", () => {
    const result = inNode([permission, "--allow-fs-read=/"], "");
    works(result);
    expect(result.threads).toBe(1);
    expect(result.kernel).toBe(expected.kernel);
  });

  it.each([
    [
      "new Worker throws",
      `import w from "node:worker_threads"; w.Worker = class { constructor() { throw new Error("no"); } };`,
    ],
    [
      "workers fail at once",
      `import w from "node:worker_threads"; const { Worker } = w;
       w.Worker = class extends Worker { constructor(_, options) { super("process.exit(1)", options); } };`,
    ],
    ["there is no Worker", `import w from "node:worker_threads"; delete w.Worker;`],
    ["there is no Atomics", "delete globalThis.Atomics;"],
    ["there is no SharedArrayBuffer", "delete globalThis.SharedArrayBuffer;"],
    [
      "shared memory is refused",
      `const { Memory } = WebAssembly; WebAssembly.Memory = class { constructor(d) { if (d.shared) throw new RangeError("no"); return new Memory(d); } };`,
    ],
    [
      "4 GiB of addresses are refused",
      `const { Memory } = WebAssembly; WebAssembly.Memory = class { constructor(d) { if (d.maximum > 5000) throw new RangeError("no"); return new Memory(d); } };`,
    ],
  ])("with WebAssembly, where %s", (_, first) => {
    const result = inNode([], first);
    works(result);
    expect(result.kernel).toBe(expected.kernel);
  });

  it("with the plain build, where relaxed SIMD is refused", () => {
    const result = inNode(
      ["--experimental-wasm-relaxed-simd"],
      `const { Module } = WebAssembly; let n = 0; WebAssembly.Module = class { constructor(b) { if (n++ === 0) throw new WebAssembly.CompileError("no"); return new Module(b); } };`,
    );
    works(result);
    expect(result.kernel).toBe("simd");
  });

  it.each([
    ["compiling is forbidden, as by a page's Content-Security-Policy", throwing("Module")],
    ["instances are refused", throwing("Instance")],
    ["memory is refused", throwing("Memory")],
    ["there is no WebAssembly", "delete globalThis.WebAssembly;"],
  ])("in TypeScript, where %s", (_, first) => {
    const result = inNode([], first);
    works(result);
    expect(result.kernel).toBe("typescript");
  });

  it("in TypeScript, where Node may not compile at all (--jitless)", () => {
    const result = inNode(["--jitless", "--no-expose-wasm"], "");
    works(result);
    expect(result.kernel).toBe("typescript");
  });

  it.runIf(process.platform === "linux").each([12_000_000, 11_500_000, 8_000_000, 3_000_000])(
    "in an address space of %i kB",
    (kB) => {
      for (const threads of ["1", "2"]) works(inNode([], "", `ulimit -v ${kB};`, threads));
    },
  );
});

describe("where memory cannot grow", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });
  const MIB = 2 ** 20;

  /** A library of its own, on a memory that ends at 256 MiB, or that does not grow beyond `most`. */
  async function small(most = Infinity) {
    vi.resetModules();
    class Memory extends WebAssembly.Memory {
      constructor(wish: WebAssembly.MemoryDescriptor) {
        if (wish.maximum! > 4096) throw new RangeError("could not allocate memory");
        super(wish);
      }
      override grow(pages: number): number {
        if (this.buffer.byteLength + pages * 65_536 > most) throw new RangeError("Maximum memory size exceeded");
        return super.grow(pages);
      }
    }
    const { validate, Module, Instance } = WebAssembly;
    vi.stubGlobal("WebAssembly", { validate, Module, Instance, Memory });
    const memory = await import("../../lib/kernels/memory.js");
    memory.setMemoryBudget(1000 * MIB);
    const t = await import("../../lib/index.js");
    return { ...memory, ...t };
  }

  it("blocks that were freed are joined, and old ones move out: room for what is larger", async () => {
    const { scope, Storage, memoryUse, useKernels } = await small();
    useKernels("simd");
    for (const mib of [16, 32, 64, 200]) {
      const { born } = scope(() => {
        for (let i = 0; i < Math.floor(240 / mib); i++) new Storage((mib * MIB) / 4);
      });
      for (const storage of born) storage.release();
    }
    // More than there is, all of it held.
    const held = Array.from({ length: 40 }, (_, i) => {
      const storage = new Storage((16 * MIB) / 4);
      storage.f32()[7] = i;
      return storage;
    });
    held.forEach((storage, i) => expect(storage.f32()[7]).toBe(i));
    held.forEach((storage, i) => {
      storage.address();
      expect(storage.f32()[7]).toBe(i);
    });
    expect(memoryUse().linearBytes).toBeLessThanOrEqual(256 * MIB);
  });

  it("a sentence says what is free, in truth, and the rest stays usable", async () => {
    const { Storage, ones, sum } = await small();
    expect(() => new Storage((300 * MIB) / 4)).toThrow(
      "out of kernel memory: 320 MiB wanted, 253 MiB can be had; use a smaller batch or model",
    );
    expect(sum(ones([100, 100])).item()).toBe(10_000);
  });

  it("a refusal to grow is met by moving blocks out, or by a sentence", async () => {
    const { Storage, ones, sum } = await small(64 * MIB);
    const held = Array.from({ length: 10 }, (_, i) => {
      const storage = new Storage((16 * MIB) / 4);
      storage.f32()[5] = i;
      return storage;
    });
    held.forEach((storage, i) => expect(storage.f32()[5]).toBe(i));
    expect(() => new Storage((100 * MIB) / 4)).toThrow(/out of kernel memory: 112 MiB wanted/);
    expect(sum(ones([100, 100])).item()).toBe(10_000);
    held.forEach((storage, i) => expect(storage.f32()[5]).toBe(i));
  });
});
