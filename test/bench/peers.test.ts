import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { command } from "../launcher/clone.js";

/** A program that stands in for a Python with numpy and torch: it speaks as peers/products_python.py does. */
const fakePython = `#!${process.execPath}
if (process.argv[2] === "-c") process.exit(0);
const numbers = (length) => Float32Array.from({ length }, (_, i) => ((i * 2_654_435_761) % 4096) / 2048 - 1);
let product;
function multiply() {
  const { m, k, n, batch, layout } = product;
  const [a, b, c] = [numbers(batch * m * k), numbers(batch * k * n), new Float32Array(batch * m * n)];
  for (let z = 0; z < batch; z++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++)
        for (let p = 0; p < k; p++)
          c[(z * m + i) * n + j] +=
            a[z * m * k + (layout === "TN" ? p * m + i : i * k + p)] * b[z * k * n + (layout === "NT" ? j * k + p : p * n + j)];
  return c;
}
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const question = JSON.parse(line);
  if ("m" in question) product = question;
  console.log("m" in question ? "ready" : question.repeats ? 1 : Buffer.from(multiply().buffer).toString("base64"));
});
`;
const folder = mkdtempSync(path.join(tmpdir(), "twinformer-bench-"));
const python = path.join(folder, "python.cjs");
writeFileSync(python, fakePython, { mode: 0o755 });
afterAll(() => rmSync(folder, { recursive: true }));

interface Printed {
  results: { suite: string; rows: { shape: string; gflops: object }[] }[];
}

/** Those that multiply batches and transposed operands, and those that only multiply two plain matrices. */
const all = ["tfjs-wasm", "onnxruntime-web", "jax-js", "tfjs-cpu", "numpy", "torch"];
const plain = ["ml-matrix", "mathjs"];

// On Node 20 under a newer one: jax-js needs that, and its Buffers come from a larger pool.
const newer = "Iterator" in globalThis ? [] : ["--node24"];

const shapes: [string, string[]][] = [
  ["5x7x3", [...all, ...plain]],
  ["5x7x3 NT", all],
  ["5x7x3 TN", all],
  ["5x7x3, 2", all],
  ["64x65x66", [...all, ...plain]],
];

test("npm run bench -- matmul --peers all: each peer is there and computes what ours computes", async () => {
  const titles = shapes.map(([shape]) => shape).join(";");
  const args = ["matmul", ...newer, "--peers", "all", "--rounds", "1", "--shape", titles, "--json"];
  const run = command(["scripts/bench.mjs", ...args], { PYTHON: python });
  expect(await run.code, run.output).toBe(0);
  const { results } = JSON.parse(run.output.slice(run.output.search(/^\{$/m))) as Printed;
  const rows = results[0].rows.map(({ shape, gflops }) => [shape, Object.keys(gflops).sort()]);
  expect(rows).toEqual(shapes.map(([shape, peers]) => [shape, ["ceiling", "ours", ...peers].sort()]));
});

test("a peer that computes something else ends the bench with the element that differs", async () => {
  writeFileSync(python, fakePython.replace("return c;", "c[1] += 1; return c;"));
  const run = command(["scripts/bench.mjs", "matmul", "--peers", "all", "--rounds", "1", "--shape", "5x7x3"], {
    PYTHON: python,
  });
  expect(await run.code).toBe(1);
  expect(run.output).toMatch(/matmul: 5x7x3: element 1 is .* here and .* in numpy/);
});
