import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as TypeScript from "typescript";
import { describe, expect, test } from "vitest";
import {
  compile,
  type Compiled,
  current,
  type Files,
  publishedTypes,
  root,
  strictOptions,
  tslab,
  tslabOptions,
} from "./compile.js";

const folder = join(root, "test/types");
const programs = readdirSync(folder)
  .filter((name) => name.endsWith(".test-d.ts"))
  .sort();

describe("at run time", () => {
  test.each(programs)("%s: what is accepted runs, what is rejected throws the same sentence", async (name) => {
    await import(join(folder, name));
  });
});

describe("with the current TypeScript, strictly, from the sources", () => {
  checkAll(() =>
    compile(
      current,
      strictOptions(),
      sources((text) => text),
    ),
  );
});

describe("with the notebook kernel's TypeScript 5.0.4 and options, from the published types", () => {
  checkAll(() =>
    compile(
      tslab,
      tslabOptions(),
      sources((text) => text.replaceAll("../../lib/index.js", "twinformer")),
      publishedTypes(),
    ),
  );
});

/** The programs, and what they are written in. */
function sources(change: (text: string) => string): Files {
  return new Map(
    [...programs, "rejects.ts"].map((name) => [join(folder, name), change(readFileSync(join(folder, name), "utf8"))]),
  );
}

/** One compilation; then a test a program. */
function checkAll(run: () => Compiled): void {
  let compiled: Compiled | undefined;
  test.each(programs)(
    "%s: each rejected call is one error with the whole sentence, and nothing else is one",
    { timeout: 60_000 },
    (name) => {
      compiled ??= run();
      const path = join(folder, name);
      const source = compiled.sources.get(path)!;
      const messages = compiled.messages.filter((m) => m.path === path || m.path === "");
      const calls = rejectedCalls(source);
      const wrong = calls.flatMap(({ sentence, from, to }) => {
        const said = messages.filter((m) => m.at >= from && m.at < to).map((m) => m.text);
        return said.length === 1 && said[0].includes(JSON.stringify(sentence)) ? [] : [{ sentence, said }];
      });
      const elsewhere = messages.filter((m) => !calls.some(({ from, to }) => m.at >= from && m.at < to));
      expect([wrong, elsewhere]).toEqual([[], []]);
      expect(calls.length).toBeGreaterThan(0);
    },
  );
}

interface Rejected {
  sentence: string;
  from: number;
  to: number;
}

/** Every `rejects("sentence", ...)` and `rejectsType("sentence", ...)` of a file. */
function rejectedCalls(source: TypeScript.SourceFile): Rejected[] {
  return source.statements.flatMap((statement) => {
    // Kinds differ between versions of the compiler, so this goes by text.
    const text = statement.getText(source);
    const sentence = /^rejects(?:Type)?\(\s*(["'])(.+?)\1,/.exec(text)?.[2];
    return sentence === undefined ? [] : [{ sentence, from: statement.getStart(source), to: statement.end }];
  });
}

/** Instantiations of a program with these lines, each with sizes of its own, so that nothing is answered from a cache. */
function instantiations(line: (n: number) => string, count: number): number {
  const lines = Array.from({ length: count }, (_, i) => line(16 + i));
  const text = `import * as t from "../../lib/index.js";\n${lines.join("\n")}\n`;
  const { messages, instantiations } = compile(
    current,
    strictOptions(),
    new Map([[join(root, "test/types/budget.ts"), text]]),
  );
  expect(messages).toEqual([]);
  return instantiations;
}

const CALLS = 20;
const calls: [string, budget: number, (n: number) => string][] = [
  ["matmul", 600, (n) => `t.matmul(t.zeros([2, ${n}, 8]), t.zeros([8, ${n}]));`],
  ["add", 600, (n) => `t.add(t.zeros([4, ${n}]), t.zeros([${n}]));`],
  ["concat", 600, (n) => `t.concat([t.zeros([2, ${n}]), t.zeros([2, ${n}])], 1);`],
  ["split", 800, (n) => `t.split(t.zeros([2, ${3 * n}]), [${n}, ${2 * n}], 1);`],
  ["sum", 600, (n) => `t.sum(t.zeros([2, ${n}, 8]), [0, 2]);`],
  ["topk", 600, (n) => `t.topk(t.zeros([2, ${n}]), 2);`],
  ["indexAdd", 600, (n) => `t.indexAdd(t.zeros([${n}, 8]), 0, t.zeros([4]), t.zeros([4, 8]));`],
  ["maskedFill", 600, (n) => `t.maskedFill(t.zeros([2, ${n}]), t.zeros([${n}]), 0);`],
  ["einsum", 800, (n) => `t.einsum("bij,bjk->bik", t.zeros([2, 3, ${n}]), t.zeros([2, ${n}, 5]));`],
  ["iteration", 600, (n) => `for (const row of t.zeros([2, ${n}])) t.sum(row, 0);`],
  [
    "attention",
    600,
    (n) => `t.scaledDotProductAttention(t.zeros([2, 4, ${n}, 8]), t.zeros([2, 4, ${n}, 8]), t.zeros([2, 4, ${n}, 8]));`,
  ],
  ["reshape", 4000, (n) => `t.reshape(t.zeros([${n}, 24]), [${n}, 4, 6]);`],
];

test.each(calls)(
  "a call of %s costs the compiler at most %i instantiations",
  { timeout: 60_000 },
  (_, budget, line) => {
    const perCall = (instantiations(line, CALLS + 1) - instantiations(line, 1)) / CALLS;
    expect(perCall).toBeLessThan(budget);
  },
);
