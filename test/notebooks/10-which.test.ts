import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { account, models } from "../../lib/account/index.js";
import { exercises } from "../../lib/notebook/exercises/index.js";
import { judge } from "../../lib/notebook/exercises/judge.js";
import { executed } from "./executed.js";

const notebook = executed("10-which");

interface Loss {
  contender: "dense" | "MoE";
  width: number;
  size: number;
  seed: number;
  step: number;
  valLoss: number;
}
interface Recorded {
  command: string;
  commit: string;
  missing: string[];
  parts: { contender: string; failed: string | null }[];
  rows: Loss[];
}
const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../assets/labs/${name}.json`, import.meta.url), "utf8")) as T;
const lab = read<Recorded>("crossover");
const times = read<{ rows: (Loss & { trainStep: number; token: number })[] }>("crossover-times");

/** The differences of a mixture and the dense model of a trained size, by another way than the library's: seed by seed from the rows. */
function leads(width: number, experts: number, step: number, size: number): number[] {
  const of = (contender: string, own: number, seed: number) =>
    lab.rows.find(
      (row) =>
        row.contender === contender &&
        row.width === width &&
        row.size === own &&
        row.seed === seed &&
        row.step === step,
    )?.valLoss;
  return [1, 2, 3].flatMap((seed) => {
    const [moe, dense] = [of("MoE", experts, seed), of("dense", size, seed)];
    return moe === undefined || dense === undefined ? [] : [moe - dense];
  });
}

describe("the runs", () => {
  it("are counted, with command and commit, those that are missing included", () => {
    const [done, all] = [lab.parts.length, lab.parts.length + lab.missing.length];
    expect(all).toBe(63);
    expect(notebook.printed).toContain(`${lab.command}: ${done} of 63 runs, commit ${lab.commit}`);
  });
});

describe("D10, the best of both worlds", () => {
  type Cell = [contract: string, width: number, experts: number, step: number, difference: number, seeds: number];
  const { cells } = notebook.claimed<{ cells: Cell[] }>("D10");

  it("is asked of every cell that has runs: equal active is dense size 1, equal total is E / 2", () => {
    expect(cells.length).toBeGreaterThan(0);
    for (const [contract, width, experts, step, difference, seeds] of cells) {
      const size = { "active parameters": 1, "total parameters": experts / 2 }[contract];
      if (size === undefined) continue;
      const own = leads(width, experts, step, size);
      expect(own).toHaveLength(seeds);
      expect(difference).toBeCloseTo(own.reduce((a, b) => a + b, 0) / own.length, 9);
    }
    for (const contract of ["step time", "training memory"])
      for (const [, , experts, , , seeds] of cells.filter(([name]) => name === contract))
        expect([experts > 0, seeds > 0]).toEqual([true, true]);
  });

  it("and the picture has as many cells as there are contracts, steps, widths and numbers of experts", () => {
    const [map] = notebook.figures("crossover-map") as Record<string, number>[];
    expect(map.cells).toBe(4 * 3 * 3 * 3);
    const atLast = cells.filter((cell) => cell[3] === map.step).length;
    expect(map).toMatchObject({ measured: atLast, missing: map.cells / 3 - atLast });
  });
});

describe("one cell, made here", () => {
  it("comes to the recorded losses", () => {
    const rows = (notebook.figures("table") as Record<string, number | null>[][]).find((all) => "here" in all[0])!;
    for (const { here, recorded } of rows) if (recorded !== null) expect(Math.abs(here! - recorded)).toBeLessThan(0.02);
    expect(rows.some(({ recorded }) => recorded !== null)).toBe(true);
  });
});

describe("D8, harder to train", () => {
  interface D8 {
    failed: number;
    runs: [dense: number, moe: number];
    free: number;
    balanced: number;
  }
  const shown = notebook.claimed<D8>("D8");

  it("counts the runs that fell apart, and finds the load less even without the balance loss", () => {
    expect(shown.failed).toBe(lab.parts.filter(({ failed }) => failed !== null).length);
    expect(shown.runs).toEqual(
      ["dense", "MoE"].map((name) => lab.parts.filter(({ contender }) => contender === name).length),
    );
    expect(shown.balanced).toBeGreaterThanOrEqual(1);
    expect(shown.free).toBeGreaterThan(shown.balanced);
  });

  it("calls a rate best where its loss is no farther from the lowest than seeds lie apart", () => {
    const rows = (notebook.figures("table") as Record<string, number | string>[][]).find((all) => "rate" in all[0])!;
    for (const model of ["dense", "dense, wider", "MoE", "MoE, unbalanced"]) {
      const own = rows.filter((row) => row.model === model) as Record<string, number>[];
      expect(own).toHaveLength(3);
      const [best] = [...own].sort((a, b) => a.loss - b.loss);
      const good = own.filter(({ loss, spread }) => loss <= best.loss + Math.max(spread, best.spread) + 1e-9);
      const said = `best rate as far as seeds tell: ${model} ${good.map(({ rate }) => rate).join(" or ")}\n`;
      expect(notebook.printed).toContain(said);
    }
  });
});

describe("E1, the article's rows", () => {
  it("has the FLOPs of a token that the shapes give", () => {
    const { flops } = notebook.claimed<{ flops: number[] }>("E1");
    const [d, v, layers] = [128, 89, 2];
    const byHand = (hidden: number, experts: number) =>
      2 * (layers * (4 * d * d + 2 * d + 2 * d * hidden + d * experts) + d * v);
    expect(flops).toEqual([byHand(4 * d, 4), byHand(4 * d, 16), byHand(4 * d, 0), byHand(32 * d, 0)]);
    expect(flops[1] / flops[3]).toBeLessThan(0.5);
    expect(flops[1] / flops[0]).toBeLessThan(1.05);
  });

  it("says of each line whether its number bears it out", () => {
    const rows = (notebook.figures("table") as Record<string, string>[][]).find((all) => "holds" in all[0])!;
    expect(rows).toHaveLength(10);
    // Of the article's six rows those hold of which no line fails: "in all of their lines".
    const failing = new Set(rows.filter(({ holds }) => holds === "no").map(({ row }) => row.split(",")[0]));
    const six = [...new Set(rows.map(({ row }) => row.split(",")[0]))];
    expect(six).toHaveLength(6);
    const whole = six.filter((row) => !failing.has(row));
    expect(notebook.printed).toContain(`hold ${whole.length} of the 6 rows: ${whole.join(", ")} (`);
    const of = (contender: string, size: number) =>
      times.rows.find((row) => row.contender === contender && row.width === 128 && row.size === size)!;
    const equalActive = rows.find(({ row }) => row === "latency, equal active")!;
    expect(equalActive.holds).toBe(of("MoE", 16).token < of("dense", 1).token ? "yes" : "no");
    const step = rows.find(({ of }) => of === "time of a step")!;
    expect(step.holds).toBe(of("MoE", 16).trainStep < of("dense", 8).trainStep ? "yes" : "no");
  });
});

describe("E2, use cases", () => {
  it("counts the large models of the table, by their configs", () => {
    const { large, mixtures } = notebook.claimed<Record<"large" | "mixtures", number>>("E2");
    const all = models.flatMap(({ config, name }) => (config ? [account(config, { file: name })] : []));
    const over = all.filter(({ total }) => total > 10n ** 11n);
    expect(large).toBe(over.length);
    expect(mixtures).toBe(over.filter(({ moeLayers }) => moeLayers > 0).length);
  });
});

describe("exercises", () => {
  const names = ["dense width of equal total size", "dense steps in the same time", "dense width with the same loss"];

  it("are there, and wait for an answer", () => {
    expect(notebook.exercises()).toEqual(Object.fromEntries(names.map((name) => [name, "open"])));
  });

  it("are solved by the folded solutions", () => {
    interface Cells {
      cells: { source: string[] }[];
    }
    const { cells } = JSON.parse(readFileSync("notebooks/10-which.ipynb", "utf8")) as Cells;
    const text = cells.map(({ source }) => source.join("")).join("\n");
    const solutions = [...text.matchAll(/Solution<\/summary>\s+```ts\nconst \w+ = (.*?);\n```/gs)];
    expect(solutions).toHaveLength(3);
    solutions.forEach(([, code], i) => {
      const answer: unknown = runInNewContext(code.replaceAll(": number", ""));
      expect(judge(exercises[names[i]], answer).state).toBe("right");
    });
  });
});
