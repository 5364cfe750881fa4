import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lines, lossChart, readLog } from "../../../lib/plot/index.js";

const sample = (name: string): string => readFileSync(path.join(import.meta.dirname, "samples", name), "utf8");
const losses = (text: string) => readLog(text).map(({ step, loss, valLoss }) => [step, loss, valLoss]);

describe("a log", () => {
  test("of Megatron-LM: steps, held-out losses and a resumed run, in order of arrival; other lines are not of it", () => {
    expect(losses(sample("megatron.txt"))).toEqual([
      [10, 9.812345, null],
      [20, 8.204411, null],
      [20, null, 8.3012],
      [30, NaN, null],
      [20, 8.204001, null],
      [1000, null, 3.1],
      [1000, null, null],
    ]);
    const [row] = readLog(sample("megatron.txt"));
    expect(row).toMatchObject({ "grad norm": 4.512, load_balancing_loss: 1.012345, "consumed samples": 2560 });
    expect(readLog(sample("megatron.txt")).at(-1)).toMatchObject({ "lm loss test": 3.2, "lm loss validation": null });
  });

  test("of Weights & Biases: a row for each run and step that it has", () => {
    expect(readLog(sample("wandb.csv")).map(({ step, by, loss, value }) => [step, by, loss, value])).toEqual([
      [0, "moe-8x - top-1", 4.61, 4.61],
      [1, "dense", 4.6, 4.6],
      [2, "moe-8x - top-1", 4.1, 4.1],
      [2, "dense", 4.2, 4.2],
      [3, "moe-8x - top-1", NaN, NaN],
      [3, "dense", 3.9, 3.9],
    ]);
  });

  test("of Weights & Biases over another axis: its own step where there is one, else the axis", () => {
    expect(readLog(sample("wandbEpochs.csv")).map(({ step, by, loss, valLoss }) => [step, by, loss, valLoss])).toEqual([
      [100, "a", null, 2.5],
      [200, "a", null, 2.25],
    ]);
    const one = readLog(sample("wandbOne.csv"));
    expect(one.map(({ step, value, by }) => [step, value, by])).toEqual([
      [1000, 2.01, undefined],
      [2000, 1.9, undefined],
    ]);
  });

  test("of TensorBoard is a step and a value", () => {
    expect(readLog(sample("tensorboard.csv")).map(({ step, value }) => [step, value])).toEqual([
      [0, 2.0794],
      [100, 2.0312],
    ]);
  });

  test("of JSON lines: Python's NaN, no row without a step, none that is still being written", () => {
    expect(losses(sample("log.jsonl"))).toEqual([
      [10, 3.5, null],
      [20, NaN, null],
      [20, null, 3.25],
    ]);
    expect(readLog(sample("log.jsonl"))[1].load).toEqual([[0.25, 0.75]]);
  });

  test("of the Trainer: its last line, a mean over all steps, is no loss of a step", () => {
    expect(losses(sample("trainer_state.json"))).toEqual([
      [10, 2.7134, null],
      [20, 2.5021, null],
      [20, null, 2.55],
      [40, null, null],
    ]);
    expect(readLog(sample("trainer_state.json")).map((row) => row.grad_norm)).toEqual([1.9375, NaN, null, null]);
  });

  test("of one's own: other delimiters, quoted lines, a byte order mark, names in any case", () => {
    expect(losses(sample("own.csv"))).toEqual([
      [0, 4.2, null],
      [100, 3.1, 3.25],
      [200, 2.9, null],
    ]);
    expect(losses("loss\tlr\n3\t1e-3\n2\t1e-3")).toEqual([
      [0, 3, undefined],
      [1, 2, undefined],
    ]);
  });

  test("is read from bytes as from text, and an empty one has no rows", () => {
    const text = sample("own.csv");
    expect(readLog(new TextEncoder().encode(text))).toEqual(readLog(text));
    expect(readLog("")).toEqual([]);
    expect(readLog("step,loss\n")).toEqual([]);
  });

  test("gets the names of its line and run, so that several files are one figure", () => {
    const rows = ["a", "b"].flatMap((by, run) => readLog(sample("own.csv"), { by, run }));
    expect(rows.map(({ by, run }) => `${by}${run}`)).toEqual(["a0", "a0", "a0", "b1", "b1", "b1"]);
    expect(lines(rows, { value: "loss" }).description).toMatch(/a .*b /);
  });

  test.each(["megatron.txt", "log.jsonl", "trainer_state.json", "own.csv", "wandbEpochs.csv"])(
    "is drawn without a mapping: %s",
    (name) => {
      expect(lossChart(readLog(sample(name))).description).toMatch(/(at|since) step \d+/);
    },
  );
  test("any of its columns is drawn by its name", () => {
    const rows = readLog(sample("trainer_state.json"));
    expect(lines(rows, { value: "grad_norm" }).svg()).toContain("</svg>");
    expect(lines(readLog(sample("tensorboard.csv"))).description).toContain("2.031");
  });
});

describe("what is wrong with a log is said with its line", () => {
  test.each([
    ["step,loss\n1,2\n3\n", "readLog: line 3 has 1 values, where there are 2 columns: step, loss"],
    ['step,loss,note\n1,2,"a\nb"\n2,high,\n', `readLog: line 4 has "high" as 'loss', which is no number`],
    ["step,loss,loss\n1,2,3\n", "readLog: line 1 has two columns 'loss'"],
    ['{"step":1}\n{"step":\n{"step":2}\n', "readLog: line 2 is not JSON"],
    ['{"step":1}\n[1]\n', "readLog: line 2 is no JSON object, but a list of 1"],
    ['[{"step":1,"loss":"x"}]', `readLog: row 0 has "x" as 'loss', which is no number`],
    ['{"log_history":[1]}', "readLog: log_history needs objects, its element 0 is 1"],
    [" iteration 1/ 2 | lm loss: high |\n", `readLog: line 1 has "high" as 'lm loss', which is no number`],
    ["Dear all,\nthe training went well, thanks\n", /^readLog: /],
    ["it is late,\nno numbers,\n", /^readLog: this is no log that it knows: Megatron-LM's/],
  ])("%j", (text, sentence) => {
    expect(() => readLog(text)).toThrow(sentence);
  });
  test("and what is no text or option, too", () => {
    expect(() => readLog(5 as never)).toThrow("readLog needs the text of a file, or its bytes, got 5");
    expect(() => readLog(Uint8Array.of(0xff, 0xfe))).toThrow("readLog: these bytes are not text in UTF-8");
    expect(() => readLog("a", null as never)).toThrow("readLog needs an object of options, got null");
    expect(() => readLog("a", { by: {} as never })).toThrow("readLog needs a text or a number as by, got an object");
  });
});

describe("any rows", () => {
  const number = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(NaN, Infinity, -Infinity));
  const rows = fc.array(fc.record({ step: fc.nat(), loss: number, "any name": number }), { minLength: 1 });
  const python = (value: number) => (Number.isNaN(value) ? "nan" : String(value).replace("Infinity", "inf"));
  const minusZero = (value: number) => (Object.is(value, -0) ? 0 : value);
  const plain = (given: readonly object[]) =>
    given.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, minusZero(value as number)])),
    );

  test("come back from CSV, JSON lines, a list and Megatron's lines", () => {
    fc.assert(
      fc.property(rows, (given) => {
        const csv = ["step,loss,any name", ...given.map((row) => Object.values(row).map(python).join(","))].join("\n");
        const json = (row: object) =>
          `{${Object.entries(row)
            .map(([name, value]) => `"${name}": ${value}`)
            .join(", ")}}`;
        const lines = given.map(
          (row) => ` iteration ${row.step}/ 99 | loss: ${python(row.loss)} | any name: ${python(row["any name"])} |\n`,
        );
        const texts = [
          csv,
          given.map((row) => `${json(row)}\n`).join(""),
          `[${given.map(json).join()}]`,
          lines.join(""),
        ];
        for (const text of texts) {
          const read = readLog(text).map(({ step, loss, ...row }) => ({ step, loss, "any name": row["any name"] }));
          expect(plain(read)).toEqual(plain(given));
        }
      }),
    );
  });

  test("of any text end in rows or in one sentence of this reader", () => {
    const piece = fc.constantFrom(
      "step",
      ",",
      "\n",
      '"',
      "1",
      "{",
      "}",
      "[",
      "]",
      ":",
      "iteration 1/ 2 |",
      "NaN",
      "loss",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join("")),
        ),
        (text) => {
          try {
            for (const { step } of readLog(text)) expect(step).toBeTypeOf("number");
          } catch (error) {
            expect((error as Error).message).toMatch(/^readLog: [^\n]+$/);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
