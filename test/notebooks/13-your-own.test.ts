import { readFileSync } from "node:fs";
import path from "node:path";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { fromText } from "../../lib/data/index.js";
import { pretrained } from "../../lib/models/index.js";
import { exercises } from "../../lib/notebook/exercises/index.js";
import { judge } from "../../lib/notebook/exercises/judge.js";
import { fromArray, noGrad } from "../../lib/tensor/index.js";
import { executed } from "./executed.js";

const root = path.resolve(import.meta.dirname, "../..");
const notebook = executed("13-your-own");
const tables = notebook.figures("table") as Record<string, number | string>[][];
/** The table that has this column. */
const tableOf = (column: string) => tables.find((rows) => column in rows[0])!;
const number = (pattern: RegExp) => Number(pattern.exec(notebook.printed)![1].replaceAll(",", ""));

describe("a text of one's own", () => {
  it("is the file, nine tenths of it to learn from", async () => {
    const file = readFileSync(path.join(root, "assets/texts/typescript.txt"), "utf8");
    const text = await fromText(path.join(root, "assets/texts/typescript.txt"));
    expect(number(/([\d,]+) characters to learn from/)).toBe(file.length - Math.ceil(file.length / 10));
    expect(number(/(\d+) different ones/)).toBe(new Set(file).size);
    expect(text.train.length).toBe(number(/([\d,]+) characters to learn from/));
  });

  it("is read as many times as steps, pieces and their length say", () => {
    const steps = number(/(\d+) steps read/);
    expect(number(/steps read ([\d,]+) characters/)).toBe(steps * 10 * 64);
    expect(number(/the text ([\d.]+) times/)).toBeCloseTo((steps * 10 * 64) / 108_024, 2);
    const [, start] = tableOf("times read") as Record<string, number>[];
    expect(start.characters).toBe(1800);
    expect(start["times read"]).toBeCloseTo((steps * 10 * 64) / 1800, 9);
  });

  it("is said to be learned by heart where its two parts lie apart", () => {
    const rows = tableOf("times read") as Record<"text" | "difference" | "aside" | "learned", never>[];
    for (const row of rows) expect(row.difference).toBeCloseTo(Number(row.aside) - Number(row.learned), 9);
    const apart = rows.filter(({ difference }) => difference > 0.3).map(({ text }) => text);
    expect(notebook.printed).toContain(`partly by heart: ${apart.join(", ") || "neither"}`);
  });
});

describe("logs of other programs", () => {
  it("give the losses back, but for the digits that a text log leaves out", () => {
    const rows = tableOf("largest difference");
    const off = Object.fromEntries(rows.map(({ file, ...row }) => [file, row["largest difference"]]));
    expect(off["wandb.csv"]).toBe(0);
    expect(off["log.jsonl"]).toBe(0);
    expect(off["megatron.log"]).toBeGreaterThan(0);
    expect(off["megatron.log"]).toBeLessThan(5.1e-7); // half of the sixth digit after the point
    expect(new Set(rows.map((row) => row.rows)).size).toBe(1);
    expect(notebook.printed).toContain("not the very numbers: megatron.log");
  });

  it("end in a sentence where they are wrong, and go without a line that is still being written", () => {
    expect(notebook.printed).toContain(`readLog: line 3 has "four" as 'loss', which is no number`);
    expect(notebook.printed).toContain("no error (1 row)");
    expect(notebook.printed).toContain("row 0 has loss undefined");
  });
});

describe("a trace of routed tokens", () => {
  const words = /const myWords = "([^"]*)" \+\s*"([^"]*)"/.exec(notebook.source("trace-write"))!.slice(1).join("");
  /** Counts by layer and expert, by the router's probabilities alone. */
  async function counts(name: "moe" | "unbalanced"): Promise<number[][]> {
    const { model, tokenizer } = await pretrained(name);
    const ids = tokenizer.encode(words);
    const { routings } = noGrad(() => model.forward(fromArray([...ids], [1, ids.length], "int32")));
    return routings.map(({ probs }) => {
      const [all, found] = [[...probs.toTypedArray()], new Array<number>(8).fill(0)];
      for (let n = 0; n < ids.length; n++) {
        const row = all.slice(8 * n, 8 * n + 8);
        for (const p of [...row].sort((a, b) => b - a).slice(0, 2)) found[row.indexOf(p)]++;
      }
      return found;
    });
  }

  it("names the busiest experts, with entropy and fair shares", async () => {
    const rows = tableOf("bits");
    for (const [i, name] of (["moe", "unbalanced"] as const).entries())
      for (const [layer, all] of (await counts(name)).entries()) {
        const row = rows[4 * i + layer];
        const sum = all.reduce((a, b) => a + b);
        const bits = all.reduce((left, n) => (n === 0 ? left : left - (n / sum) * Math.log2(n / sum)), 0);
        expect(row.bits).toBeCloseTo(bits, 6);
        expect(row.shares).toBeCloseTo((8 * Math.max(...all)) / sum, 9);
        const three = String(row.busiest)
          .split(", ")
          .map((e) => all[Number(e)]);
        expect(three).toEqual([...all].sort((a, b) => b - a).slice(0, 3));
      }
  });

  it("says which high entropy hides most", () => {
    const rows = tableOf("bits") as Record<string, number>[];
    const high = rows.filter(({ bits }) => bits / 3 > 0.85);
    expect(notebook.printed).toContain(`${high.length} of 8 layers have over 85 % of the entropy`);
    const most = Math.max(...high.map(({ shares }) => shares));
    expect(notebook.printed).toContain(`an expert with ${most.toFixed(1)} fair shares`);
  });
});

describe("models of one's own", () => {
  it("router outputs give the choices of the model, and weights that sum to 1 only if they are made to", () => {
    expect(notebook.printed).toContain("1.000 made to sum to 1 (as Mixtral)");
    expect(number(/\n([\d.]+) as they are \(as OLMoE\)/)).toBeLessThan(1);
    expect(notebook.printed).toContain("the file gives the experts that the model used: true");
  });

  it("a folder is counted as its files are", async () => {
    const { model } = await pretrained("moe");
    const total = Object.values(model.stateDict()).reduce((sum, { data }) => sum + data.length, 0);
    const active = total - 4 * 6 * 3 * 128 * 176;
    expect(notebook.figures("parameters")).toEqual([{ model: { total, active } }]);
    expect(notebook.printed).toContain(`${((100 * active) / total).toFixed(1)} % of it is active`);
    expect(notebook.printed).toContain("the files hold exactly these parameters");
  });

  it("a config is counted without weights: experts cut finer add rows of the routers alone", () => {
    const more = 32 * 24 * 4096;
    const [before, after] = tables.find((rows) => rows[0].model === "Mixtral") as Record<string, number>[];
    expect(after.active - before.active).toBe(more);
    expect(after.total - before.total).toBe(more);
    expect(notebook.printed).toContain(`active rises by ${more.toLocaleString("en")}`);
  });

  it("a saved twin computes the same in 32 bits, and in 16 takes half of the bytes and moves", () => {
    const [dense, moe, half] = tableOf("saved as");
    expect([dense["saved as"], moe["saved as"], half["saved as"]]).toEqual(["llama", "mixtral", "mixtral"]);
    expect([dense.off, moe.off]).toEqual([0, 0]);
    expect(half.off).toBeGreaterThan(0);
    expect(half.bytes).toBe(Number(moe.bytes) / 2);
  });

  it("what transformers read is what docs/interop.md has", () => {
    const page = readFileSync(path.join(root, "docs/interop.md"), "utf8");
    const rows = tableOf("failed");
    expect(rows.length).toBe([...page.matchAll(/^\| twin as /gm)].length);
    for (const { twin, twins, failed } of rows)
      expect(page).toMatch(new RegExp(`\\| ${String(twin)} +\\| +${twins} \\|.*\\| +${failed} \\|`));
  });

  it("a twin that equals no architecture names the three options in the way", () => {
    const refusal = /in its way are (.*)/.exec(notebook.printed)![1];
    for (const option of ["positions", "score", "capacityFactor"]) expect(refusal).toContain(option);
  });
});

it("loads nothing from the network, and writes into its own folder alone", () => {
  const file = path.join(root, "notebooks/13-your-own.ipynb");
  const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: { cell_type: string; source: string[] }[] };
  const code = cells.filter((cell) => cell.cell_type === "code").map(({ source }) => source.join(""));
  expect(code.join("\n")).not.toMatch(/fetch\(|https?:/);
  expect([...code.join("\n").matchAll(/writeFileSync\((.*?),/g)].map(([, to]) => to)).toEqual(["at(name)"]);
});

describe("the exercises", () => {
  const names = ["times that a text is read", "the three busiest experts", "entropy of a trace in bits"];

  it("are open as they come", () => {
    const states = notebook.exercises();
    for (const name of names) expect(states[name], name).toBe("open");
  });

  it.each(names.map((name, i) => [name, `exercise-${i + 1}-solution`]))(
    "%s is solved by its solution",
    (name, cell) => {
      const code = /```ts\n([\s\S]*?)```/.exec(notebook.source(cell))![1];
      const [, variable] = /const (\w+) =/.exec(code)!;
      const plain = code.replace(/(\w+): number(\[\])?/g, "$1");
      const solution = runInNewContext(`${plain}; ${variable}`) as never;
      expect(judge(exercises[name], solution).state).toBe("right");
    },
  );
});
