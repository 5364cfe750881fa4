import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { mobyDick } from "../../lib/data/index.js";
import { dim, full } from "../../lib/index.js";
import { countParameters, transformer, twins } from "../../lib/models/index.js";
import { exercises } from "../../lib/notebook/exercises/index.js";
import { executed } from "./executed.js";

const notebook = executed("00-twins");
const claimed = (id: string) => notebook.claimed<Record<string, unknown>>(id);
const printed = (pattern: RegExp): string[] => {
  const found = pattern.exec(notebook.printed);
  if (!found) throw new Error(`the notebook 00-twins prints nothing like ${pattern}`);
  return found.slice(1);
};
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

describe("memory and work", () => {
  const { dense, moe } = twins({ ...config, nExpert: 8, topK: 2 }, { seed: 1 });
  const [one, other] = [countParameters(dense), countParameters(moe)];

  it("the picture and the table have the sizes of the models", () => {
    const [shown] = notebook.figures("twins") as Record<"dense" | "moe", object>[];
    expect([shown.dense, shown.moe]).toEqual([one, other]);
    expect(printed(/more active by (\d+)[^]*?weights of its routers: (\d+)/)).toEqual(["2048", "2048"]);
    expect(other.active - one.active).toBe(4 * 8 * 64); // a row of 64 weights for each expert of each layer
  });

  it("bytes grow as total does; the FLOPs that the kernel executes for a token grow as active does", () => {
    const ratio = (a: number, b: number): string => (a / b).toFixed(2);
    expect(printed(/memory × ([\d.]+), like total × ([\d.]+)/)).toEqual(Array(2).fill(ratio(other.total, one.total)));
    const [work, active] = printed(/work × ([\d.]+), like active × ([\d.]+)/).map(Number);
    expect(active).toBe(Number(ratio(other.active, one.active)));
    expect(Math.abs(work - active)).toBeLessThan(0.02);
    type Line = Record<"model" | "flopsPerToken", unknown>;
    const lines = (notebook.figures("table") as Line[][]).find(([line]) => "flopsPerToken" in line)!;
    // Two for each weight of a product: all but norms, and of the embeddings only the head.
    for (const { model, flopsPerToken } of lines) {
      const { active } = model === "dense" ? one : other;
      const weights = active - 576 - 64 * config.blockSize;
      expect(flopsPerToken).toBeGreaterThanOrEqual(2 * weights);
      expect(flopsPerToken).toBeLessThan(2.3 * weights); // attention between the tokens comes on top
    }
  });
});

describe("the trained twins", () => {
  interface Curve {
    validation: { step: number; loss: Record<string, number> }[];
  }
  const curve = (name: string) =>
    JSON.parse(
      readFileSync(path.resolve(import.meta.dirname, `../../assets/models/${name}/curve.json`), "utf8"),
    ) as Curve;

  it("the figure ends in their recorded losses, and the sentence below it counts who is ahead", () => {
    const [dense, moe] = ["dense", "moe"].map((name) => curve(name).validation.at(-1)!);
    const shown = (notebook.figures("lines") as Record<string, { end: { x: number; y: number } }>[]).at(-1)!;
    const [, ...kinds] = Object.entries(shown); // the first line is their mean
    expect(kinds.map(([kind]) => kind)).toEqual(Object.keys(moe.loss));
    const mean = kinds.reduce((sum, [, { end }]) => sum + end.y, 0) / kinds.length;
    expect(Object.values(shown)[0].end.y).toBeCloseTo(mean, 6);
    for (const [kind, { end }] of kinds) {
      expect(end.x).toBe(moe.step);
      expect(end.y).toBeCloseTo(moe.loss[kind] - dense.loss[kind], 6);
    }
    const ahead = Object.keys(moe.loss).filter((kind) => moe.loss[kind] < dense.loss[kind]);
    expect(printed(/the MoE ends ahead in (\d) of 4: (.*)/)).toEqual([String(ahead.length), ahead.join(", ")]);
  });

  it("names the number of steps that they were trained for", () => {
    expect(printed(/seed \d+, (\d+) steps/)).toEqual([String(curve("moe").validation.at(-1)!.step)]);
    expect(curve("dense").validation.at(-1)!.step).toBe(curve("moe").validation.at(-1)!.step);
  });

  it("after a minute the losses of the twins lie close together, if the run came to a test", () => {
    const [gap] = printed(/at the end ([-\d.]+|not tested) \(you wrote/);
    if (gap !== "not tested") expect(Math.abs(Number(gap))).toBeLessThan(0.1);
  });

  it("both write, beside the twins of this minute", () => {
    expect([...notebook.printed.matchAll(/^--- (.*?)(?: \(|$)/gm)].map(([, who]) => who)).toEqual([
      "dense, this minute",
      "MoE, this minute",
      "dense, trained",
      "moe, trained",
    ]);
  });
});

it("its exercises are there, and wait for an answer", () => {
  const asked = [...notebook.html.matchAll(/data-check="([^"]*)" data-state="(\w+)"/g)];
  expect(asked.map(([, name, state]) => [name, state])).toEqual([
    ["total and active parameters", "open"],
    ["loss of guessing evenly", "open"],
  ]);
  for (const [, name] of asked) expect(exercises).toHaveProperty([name]);
});

describe("the charts", () => {
  it("have a line for guessing by frequency, which is what the counts of the text say", async () => {
    const { train } = await mobyDick();
    const counts = new Map<number, number>();
    for (const id of train) counts.set(id, (counts.get(id) ?? 0) + 1);
    const loss = [...counts.values()].reduce((sum, n) => sum - (n / train.length) * Math.log(n / train.length), 0);
    expect(loss).toBeLessThan(Math.log(counts.size));
    expect(notebook.source("frequencies")).toContain("guessing by frequency");
    const drawn = notebook.pictures.filter((picture) => picture.includes('data-figure="loss"')).at(-1)!;
    expect(drawn).toContain("guessing by frequency");
  });

  it("end in the last row of each model, as JSON beside the picture", () => {
    for (const figure of ["loss", "load"]) {
      const byModel = notebook.figures(figure).at(-1) as Record<string, { step: number }>;
      expect(Object.keys(byModel)).toContain("MoE");
      expect(byModel.MoE.step).toBeGreaterThan(0);
    }
  });
});
