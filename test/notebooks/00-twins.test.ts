import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { mobyDick } from "../../lib/data/index.js";
import { dim, full } from "../../lib/index.js";
import { transformer, twins } from "../../lib/models/index.js";

// Reads what the executed notebook shows (npm run notebooks) and computes it again.
interface Cell {
  source: string | string[];
  outputs?: { data?: Record<string, string | string[]>; text?: string | string[] }[];
}
const file = path.resolve(import.meta.dirname, "../../build/notebooks/00-twins.ipynb");
const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: Cell[] };
const joined = (lines: string | string[] = ""): string => (Array.isArray(lines) ? lines.join("") : lines);
const html = cells.flatMap((cell) => (cell.outputs ?? []).map((output) => joined(output.data?.["text/html"])));

/** The values that `claim(id, …)` left in an output. */
function claimed(id: string): Record<string, unknown> {
  const badge = html.find((output) => output.includes(`data-claim="${id}"`));
  const values = /data-values="([^"]*)"/.exec(badge ?? "")?.[1];
  if (values === undefined) throw new Error(`the notebook shows no claim ${id}`);
  return JSON.parse(values.replaceAll("&quot;", '"').replaceAll("&amp;", "&")) as Record<string, unknown>;
}

const config = { vocabSize: (await mobyDick()).tokenizer.vocabSize, blockSize: 64, nLayer: 4, nHead: 4, dModel: 64 };

describe("A1, one backbone", () => {
  const compare = (a: ReturnType<typeof transformer>, b: ReturnType<typeof transformer>) => {
    const [x, y] = [a.stateDict(), b.stateDict()];
    const equal = (name: string): boolean =>
      name in x && name in y && x[name].data.every((v, i) => Object.is(v, y[name].data[i]));
    return {
      shared: Object.keys(x).filter(equal).length,
      onlyDense: Object.keys(x).filter((name) => !equal(name)),
      onlyMoe: Object.keys(y).filter((name) => !equal(name)),
    };
  };

  it("the notebook lists exactly the tables in which the twins differ, all of them feed-forward", () => {
    const { dense, moe } = twins({ ...config, nExpert: 8, topK: 2 }, { seed: 1 });
    expect(claimed("A1")).toEqual(compare(dense, moe));
    const { onlyDense, onlyMoe } = claimed("A1") as { onlyDense: string[]; onlyMoe: string[] };
    expect([...onlyDense, ...onlyMoe].every((name) => name.includes(".feedForward."))).toBe(true);
  });

  it("would not hold for models of two seeds", () => {
    const { dense } = twins(config, { seed: 1 });
    expect(compare(dense, twins(config, { seed: 2 }).moe)).not.toEqual(claimed("A1"));
  });
});

describe("B2, only the top-k experts run", () => {
  const rows = (topK: number): (number | null)[] => {
    const ids = full([dim("B", 12), dim("T", 64)], 3, "int32");
    return transformer({ ...config, nExpert: 8, topK }, { seed: 1 })
      .forward(ids)
      .routings.map((routing) => routing.rowsExecuted);
  };

  it("the kernel multiplied tokens × 2 rows in every layer", () => {
    const expected = [1536, 1536, 1536, 1536];
    expect(claimed("B2")).toEqual({ tokens: 768, expertsPerToken: 2, rowsExpected: 1536, rowsExecuted: expected });
    expect(rows(2)).toEqual(expected);
  });

  it("would not hold for a layer that runs all eight", () => {
    expect(rows(8)).toEqual([6144, 6144, 6144, 6144]);
  });
});

describe("the charts", () => {
  it("end in the last row of each model, as JSON beside the picture", () => {
    for (const figure of ["loss", "load"]) {
      const shown = html.find((output) => output.includes(`data-figure="${figure}"`));
      const last = /data-facts="([^"]*)"/.exec(shown ?? "")?.[1];
      const byModel = JSON.parse(last!.replaceAll("&quot;", '"').replaceAll("&amp;", "&")) as Record<
        string,
        { step: number }
      >;
      expect(Object.keys(byModel)).toContain("MoE");
      expect(byModel.MoE.step).toBeGreaterThan(0);
    }
  });
});
