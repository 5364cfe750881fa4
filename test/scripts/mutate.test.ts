import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { instrumented, mutantsOf } from "../../scripts/mutate/mutants.js";
import { mutate } from "../../scripts/mutate/run.js";
import { Switches } from "../../scripts/mutate/switches.js";

const changes = (source: string): string[] =>
  mutantsOf("a.ts", source).map(({ original, text }) => `${original} -> ${text}`);

describe("mutants", () => {
  test.each([
    ["x = a < b", ["x = a < b -> undefined", "a < b -> a <= b", "a < b -> a >= b"]],
    ["(a ?? b)", ["a ?? b -> a", "a ?? b -> (b)"]],
    ["a?.b.c", ["a?.b.c -> a.b.c"]],
    ["f(() => a?.[i])", ["f(() => a?.[i]) -> undefined", "a?.[i] -> a[i]"]],
    ["x = Math.max(a, b)", ["x = Math.max(a, b) -> undefined", "Math.max(a, b) -> Math.min(a, b)"]],
    ["if (a) b;", ["a -> true", "a -> false"]],
    ["(a = false) => a", ["false -> true"]],
    ['checkRank("f", "x", x, "V, D")', ['checkRank("f", "x", x, "V, D") -> undefined', '"V, D" -> ""']],
    ["(a: number = f()) => -a", ["f() -> undefined", "-a -> a"]],
    ["1e-5", ["1e-5 -> 0.00002"]],
    ['f("" + a)', ['f("" + a) -> undefined', '"" -> "mutant"']],
    ["[a, b]", ["[a, b] -> [a]", "[a, b] -> [b, a]"]],
    ["[a, a]", ["[a, a] -> [a]"]],
    ["const [a, b] = c; [a, b] = c;", ["[a, b] = c -> undefined"]],
    ["for (const x of y) continue;", ["continue; -> "]],
    // What never runs, and what says what went wrong.
    ['import a from "a"; type A = "b" | 3; interface B { c: "d" }', []],
    ["throw new Error(`no ${a + 1}`)", []],
    ["f(new RangeError(`no ${a + 1}`))", ["f(new RangeError(`no ${a + 1}`)) -> undefined"]],
  ])("%s", (source, expected) => {
    expect(changes(source)).toEqual(expected);
  });

  test("are all compiled in, one inside another, and only the one that is on counts", () => {
    const source = "function f(n) { let s = 0; for (let i = 0; i < n; i++) if (i % 2) s += i * i; return s; }";
    const mutants = mutantsOf("a.ts", source).map((mutant, index) => ({ mutant, index }));
    const run = runInThisContext(`(() => { ${instrumented("a.ts", source, mutants)} return f(5); })`) as () => unknown;
    globalThis.__mutants = new Switches(mutants.length);
    expect(run()).toBe(10);
    const results = mutants.map(({ mutant, index }) => {
      __mutants.turnOn([index], 20);
      try {
        return `${mutant.original} -> ${mutant.text}: ${String(run())}`;
      } catch {
        return `${mutant.original} -> ${mutant.text}: ${__mutants.late ? "time is up" : "an error"}`;
      }
    });
    expect(results).toEqual([
      "0 -> 1: 11",
      "i < n -> false: 0",
      "0 -> 1: 10",
      "i < n -> i <= n: 35",
      "i < n -> i >= n: 0",
      "i++ -> i--: time is up",
      "i % 2 -> true: 30",
      "i % 2 -> false: 0",
      "i % 2 -> i * 2: 30",
      "2 -> 3: 21",
      "2 -> 1: 0",
      "s += i * i -> undefined: 0",
      "s += i * i -> s -= i * i: -10",
      "i * i -> i / i: 2",
    ]);
  });
});

describe("a run", () => {
  // In the clone, so that the tests find vitest.
  const build = fileURLToPath(new URL("../../build", import.meta.url));
  let root: string;
  beforeAll(() => {
    mkdirSync(build, { recursive: true });
    root = mkdtempSync(path.join(build, "mutate-test-"));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  test("tells what tests notice from what they do not, also while a module is loaded", async () => {
    mkdirSync(path.join(root, "lib"));
    mkdirSync(path.join(root, "test"));
    const source = `const unit = 2n;
export const unreached = (x: bigint): bigint => x + unit;
export const double = (x: bigint): bigint => x * unit;
let calls = 0n;
export const sumTo = (n: bigint): bigint => {
  calls++;
  let sum = 0n;
  for (let i = n; i > 0n; i--) sum += i;
  return sum;
};`;
    writeFileSync(path.join(root, "lib/numbers.ts"), source);
    writeFileSync(
      path.join(root, "test/numbers.test.ts"),
      `import { expect, test } from "vitest";
import { double, sumTo } from "../lib/numbers.js";
test("double", () => expect(double(4n)).toBe(8n));
test("sumTo", () => expect(sumTo(4n)).toBe(10n));`,
    );
    const mutants = mutantsOf("lib/numbers.ts", source);
    const run = {
      root,
      folder: path.join(root, "run"),
      mutants,
      tests: { include: ["test/*.test.ts"] },
      workers: 1,
      patience: 500,
    };
    const { outcomes, skipped } = await mutate(run);
    expect(skipped).toEqual([]);
    expect(
      outcomes.map(({ how, mutant: { line, original, text } }) => `${line}: ${original} -> ${text}: ${how}`),
    ).toEqual([
      "1: 2n -> 3n: killed",
      "2: x + unit -> x - unit: unreached",
      "3: x * unit -> x / unit: killed",
      "4: 0n -> 1n: survived",
      "6: calls++ -> undefined: survived",
      "6: calls++ -> calls--: survived",
      "7: 0n -> 1n: killed",
      "8: i > 0n -> false: killed",
      "8: i > 0n -> i >= 0n: survived",
      "8: i > 0n -> i <= 0n: killed",
      "8: 0n -> 1n: killed",
      "8: i-- -> i++: timeout",
      "8: sum += i -> undefined: killed",
      "8: sum += i -> sum -= i: killed",
    ]);
  });

  test("does not let a change that nobody notices hide one inside or beside it, also where many tests passed with both", async () => {
    const source = "export const size = (x: bigint): bigint => (x > 0n ? x : -x);";
    writeFileSync(path.join(root, "lib/size.ts"), source);
    writeFileSync(
      path.join(root, "test/size.test.ts"),
      `import { expect, test } from "vitest";
import { size } from "../lib/size.js";
test.each([1, 2, 3, 4])("%d: is an integer", () => expect(typeof size(-1n)).toBe("bigint"));
test("size", () => expect(size(-2n)).toBe(2n));`,
    );
    const mutants = mutantsOf("lib/size.ts", source);
    const tests = { include: ["test/size.test.ts"] };
    const { outcomes } = await mutate({ root, folder: path.join(root, "hidden"), mutants, tests, workers: 1 });
    expect(outcomes.map(({ how, mutant: { original, text } }) => `${original} -> ${text}: ${how}`)).toEqual([
      "x > 0n -> true: killed",
      "x > 0n -> false: survived",
      "x > 0n -> x >= 0n: survived",
      "x > 0n -> x <= 0n: killed",
      "0n -> 1n: survived",
      "-x -> x: killed",
    ]);
  });
});
