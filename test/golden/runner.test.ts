import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runGolden } from "../../scripts/golden/run.js";

const data = fileURLToPath(new URL("data", import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "golden-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Ran {
  lines: string[];
  failed: string[];
  passed: number;
  counts: { passed: number; failed: number };
}

async function run(): Promise<Ran> {
  const lines: string[] = [];
  const counts = await runGolden(folder, (line) => lines.push(line));
  const failed = lines.filter((line) => line.includes("FAIL"));
  return { lines, failed, passed: lines.filter((line) => line.endsWith(" ok")).length, counts };
}

function write(name: string, content: unknown): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
}

type Json = Record<string, unknown>;
/** Copies the reference data and changes one file. */
function withChange(file: string, change: (cases: Json[]) => void): void {
  cpSync(data, folder, { recursive: true });
  const content = JSON.parse(readFileSync(join(data, file), "utf8")) as { cases: Json[] };
  change(content.cases);
  write(file, content);
}

/** Follows a path of names and positions to a number, and makes it 1 % larger. */
function nudge(value: unknown, path: readonly (string | number)[]): void {
  const [last, ...before] = [...path].reverse();
  const holder = before.reverse().reduce((at, key) => (at as Json)[key], value) as Record<string | number, number>;
  expect(Math.abs(holder[last])).toBeGreaterThan(0.01);
  holder[last] *= 1.01;
}

const op = (name: string, more: Json = {}): Json => ({
  id: `${name}.0`,
  op: name,
  attrs: {},
  inputs: { x: { shape: [2], dtype: "float", data: [1, 2] } },
  outputs: { y: { shape: [2], dtype: "float", data: [-1, -2] } },
  ...more,
});

test("a line a case, and the counts at the end", async () => {
  cpSync(data, folder, { recursive: true });
  const { lines, counts, passed } = await run();
  expect(lines[0]).toMatch(/^ops\/ops\.json {2}matmul\.0 {2}abs \d\.\de-\d+ {2}rel \d\.\de-\d+ {2}ok$/);
  expect(counts).toEqual({ passed, failed: 0 });
  expect([lines.length, lines.at(-1)]).toEqual([81, "80 passed, 0 failed"]);
});

describe("one expected number that is 1 % off makes exactly that case fail", () => {
  test.each<[string, string, (cases: Json[]) => void, RegExp]>([
    [
      "ops/ops.json",
      "an output",
      (c) => nudge(c[3], ["outputs", "y", "data", 4]),
      /^ops\/ops\.json {2}log_softmax\.0 .* FAIL y\[4\] is /,
    ],
    [
      "ops/ops.json",
      "a gradient",
      (c) => nudge(c[0], ["grads", "b", "data", 2]),
      /^ops\/ops\.json {2}matmul\.0 .* FAIL grad b\[2\] is /,
    ],
    [
      "ops/optim.json",
      "a parameter",
      (c) => nudge(c[0], ["steps", 7, "W", 1, 2]),
      /^ops\/optim\.json {2}adamw\.0 .* FAIL step 7 W\[5\] is /,
    ],
    [
      "ops/optim.json",
      "a learning rate",
      (c) => nudge(c[0], ["steps", 0, "lr"]),
      /FAIL step 0 lr\[0\] is 0.1, expected 0.101$/,
    ],
    [
      "routing/topk_load_balancing.json",
      "a loss",
      (c) => nudge(c[0], ["outputs", "loss_hf_mixtral"]),
      /^routing\/topk.* FAIL loss_hf_mixtral\[0\] is /,
    ],
  ])("%s: %s", async (file, _, change, line) => {
    withChange(file, change);
    const { failed, counts } = await run();
    expect(failed).toEqual([expect.stringMatching(line)]);
    expect(counts.failed).toBe(1);
  });

  test("a wrong integer fails too, however close", async () => {
    withChange(
      "routing/topk_load_balancing.json",
      ([c]) => ((c.outputs as { selected: number[][] }).selected[0] = [2, 1]),
    );
    expect((await run()).failed).toEqual([expect.stringMatching(/FAIL selected\[0\] is 1, expected 2$/)]);
  });
});

describe("what the library cannot do is a failure that names it", () => {
  const reasonOf = async (c: Json): Promise<string> => {
    write("ops/ops.json", { cases: [c] });
    return (await run()).failed[0].replace(/^.*FAIL /, "");
  };

  test("an op, an option, an input, an output", async () => {
    expect(await reasonOf(op("fft"))).toBe("the library has no op fft");
    expect(await reasonOf(op("neg", { attrs: { mode: 1 } }))).toBe("the library's neg has no option mode");
    expect(
      await reasonOf(
        op("neg", { inputs: { ...(op("neg").inputs as Json), z: { shape: [], dtype: "int", data: [1] } } }),
      ),
    ).toBe("the library's neg has no input z");
    expect(
      await reasonOf(
        op("neg", {
          outputs: { y: { shape: [2], dtype: "float", data: [-1, -2] }, z: { shape: [], dtype: "float", data: [0] } },
        }),
      ),
    ).toBe("the library's neg has no output z");
    expect(await reasonOf(op("softmax", { attrs: { dim: "last" } }))).toBe('option dim is "last", not a number');
  });

  test("another shape than expected", async () => {
    expect(await reasonOf(op("neg", { outputs: { y: { shape: [1, 2], dtype: "float", data: [-1, -2] } } }))).toBe(
      "y has shape [2], expected [1, 2]",
    );
  });

  test("a case that expects nothing", async () => {
    expect(await reasonOf(op("neg", { outputs: {} }))).toBe("nothing was compared");
  });

  test("an optimizer, and an option of one", async () => {
    withChange("ops/optim.json", ([c]) => (c.config = { ...(c.config as Json), opt: "lion" }));
    expect((await run()).failed).toEqual([
      expect.stringMatching(/FAIL option opt is "lion"; the library knows adamw, adam, sgd$/),
    ]);
    withChange("ops/optim.json", ([c]) => (c.config = { ...(c.config as Json), nesterov: true }));
    expect((await run()).failed).toEqual([
      expect.stringMatching(/FAIL the library's optimizers have no option nesterov$/),
    ]);
  });

  test("a routing, a model family, a parameter count", async () => {
    write("routing/sinkhorn.json", { name: "sinkhorn", cases: [{ config: {}, inputs: {}, outputs: {} }] });
    write("models/strange/config.json", { model_type: "strange" });
    write("params.json", [{ name: "huge" }]);
    expect((await run()).failed.map((line) => line.replace(/ {2}abs - {2}rel - {2}/, " "))).toEqual([
      'routing/sinkhorn.json  sinkhorn.0 FAIL the library knows no routing called "sinkhorn"',
      "models/strange/config.json  model FAIL the library knows no model family strange",
      "params.json  huge FAIL configs/huge.json is missing",
    ]);
  });
});

describe("nothing to run is a failure", () => {
  test("in an empty folder", async () => {
    const { lines, counts } = await run();
    expect(lines[0]).toContain("FAIL there is no case that this runner knows");
    expect([counts, lines[1]]).toEqual([{ passed: 0, failed: 1 }, "0 passed, 1 failed"]);
  });

  test("in a folder that does not exist", async () => {
    const lines: string[] = [];
    expect((await runGolden(join(folder, "nowhere"), (line) => lines.push(line))).failed).toBe(1);
    expect(lines[0]).toContain("FAIL there is no such folder, so there is no case");
  });

  test("in a file without cases", async () => {
    write("ops/ops.json", { cases: [] });
    write("routing/x.json", {});
    expect((await run()).failed.map((line) => line.replace(/.*FAIL /, ""))).toEqual([
      "there is no case in it",
      "there is no list of cases in it",
    ]);
  });

  test("in a file that ends too early: one sentence", async () => {
    write("ops/ops.json", '{"cases": [{"id": "mat');
    const { failed, lines } = await run();
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatch(
      /^ops\/ops\.json {2}all .*FAIL cannot read .*ops\.json: Unterminated string in JSON at position \d+/,
    );
    expect(lines).toHaveLength(2);
  });
});

test("the command exits with 1 when a case fails, and with 0 when none does", { timeout: 30_000 }, async () => {
  const main = fileURLToPath(new URL("../../scripts/golden/main.ts", import.meta.url));
  const golden = (...given: string[]): Promise<{ code: number; last: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, ["--import", "tsx", main, ...given], (error, stdout, stderr) =>
        resolve({ code: (error?.code as number | undefined) ?? 0, last: (stdout + stderr).trim().split("\n").at(-1)! }),
      );
    });
  write("ops/ops.json", { cases: [op("neg")] });
  expect(await golden(folder)).toEqual({ code: 0, last: "1 passed, 0 failed" });
  write("ops/ops.json", { cases: [op("neg"), op("fft")] });
  expect(await golden(folder)).toEqual({ code: 1, last: "1 passed, 1 failed" });
  expect(await golden()).toEqual({ code: 1, last: "usage: npm run golden -- DIR" });
});
