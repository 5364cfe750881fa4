import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { account, findModel } from "../../lib/account/index.js";
import { countParameters, pretrained, transformer } from "../../lib/models/index.js";
import { exercises } from "../../lib/notebook/exercises/index.js";
import { judge } from "../../lib/notebook/exercises/judge.js";
import { executed } from "./executed.js";

const notebook = executed("08-inference");
const tables = notebook.figures("table") as Record<string, number | string | boolean>[][];
/** The table that has this column. */
const tableOf = (column: string) => tables.find((rows) => column in rows[0])!;
const { layers: nLayer } = notebook.claimed<{ layers: number }>("C3"); // one in the short form
const config = { vocabSize: 512, blockSize: 64, nLayer, nHead: 6, dModel: 384, dHidden: 1536, nExpert: 8, topK: 2 };
const { vocabSize: V, dModel: D, dHidden: F, nLayer: L, nExpert: E, topK: K } = config;
/** FLOPs of one token that is alone, from the shapes: attention's four matrices, two looks of D numbers each, feed-forward, router, head. */
const byHand = (hidden: number, experts: number) =>
  2 * (L * (4 * D * D + 2 * D + 2 * D * hidden + D * experts) + D * V);

describe("the first screen", () => {
  it("says how in one line, and beside which dense model it is faster and beside which not, in two", () => {
    const { total, active } = countParameters(transformer(config, { seed: 1 }));
    const million = (count: number) => `${(count / 1e6).toPrecision(3)} million`;
    expect(notebook.printed).toContain(
      `How: a token meets ${million(active)} of the MoE's ${million(total)} parameters (${((100 * active) / total).toPrecision(3)} %).`,
    );
    for (const other of ["stores", "uses"])
      expect(notebook.printed).toMatch(
        new RegExp(
          `Compared with a dense model that ${other} as many, it writes [\\d.]+ and reads [\\d.]+ times as fast`,
        ),
      );
  });
});

describe("what a token touches", () => {
  it("is two experts of eight in each layer: all others may be destroyed", () => {
    expect(notebook.printed).toContain(
      "destroyed: 24 of 32 experts (you wrote null)\nall 512 logits as before, to the last digit: true",
    );
    expect(notebook.printed).toContain("another token, through the same damaged model: 512 logits are NaN");
  });

  it("grows with the batch to the whole model, as the formula says on average", async () => {
    const rows = tableOf("touched") as Record<string, number>[];
    const { total, active } = countParameters((await pretrained("moe")).model);
    expect(rows.map(({ batch }) => batch)).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(rows[0]).toMatchObject({ touched: 8, same: true, parameters: active });
    expect(rows[6]).toMatchObject({ touched: 32, parameters: total, share: 1 });
    rows.forEach(({ batch, touched, same, formula }, i) => {
      expect(same).toBe(true);
      if (i > 0) expect(touched).toBeGreaterThanOrEqual(rows[i - 1].touched);
      const rest = total - 32 * 3 * 128 * 176;
      expect(formula).toBeCloseTo(rest + 32 * (1 - 0.75 ** batch) * 3 * 128 * 176, -1);
      expect(Math.abs(touched - 32 * (1 - 0.75 ** batch))).toBeLessThan(7); // one batch
    });
  });
});

describe("C2, the total grows and the work for a token does not", () => {
  interface C2 {
    grows: Record<string, number>;
    sweep: [experts: number, total: number, active: number, flops: number][];
  }
  const { grows, sweep } = notebook.claimed<C2>("C2");

  it("counted in parameters and in what the kernels executed", () => {
    expect(sweep.map(([experts]) => experts)).toEqual([2, 4, 8, 16, 32]);
    const [d, f] = [128, 256];
    for (const [experts, total, , flops] of sweep) {
      const model = transformer({ ...config, dModel: d, nHead: 2, dExpert: f, nExpert: experts }, { seed: 1 });
      expect(total).toBe(countParameters(model).total);
      expect(flops).toBe(2 * (L * (4 * d * d + 2 * d + K * 2 * d * f + d * experts) + d * V));
    }
    expect(grows.total).toBeCloseTo(sweep[4][1] / sweep[0][1], 9);
    expect(grows["FLOPs a token"]).toBeLessThan(1.02);
  });

  it("would not hold where all experts work", () => {
    const all = (experts: number) => byHand(experts * 768, experts);
    expect(all(32) / all(2)).toBeGreaterThan(8);
  });
});

describe("C3, faster than which dense model?", () => {
  interface C3 {
    overTotal: Record<"writing" | "reading", number>;
    overActive: Record<"writing" | "reading", number>;
    flops: [dense: number, moe: number, equalTotal: number];
  }
  const shown = notebook.claimed<C3>("C3");

  it("computes as much as the dense model that uses as many, a third of the one that stores as many", () => {
    expect(shown.flops).toEqual([byHand(F, 0), byHand(F, E), byHand((E / K) * F, 0)]);
    expect(shown.flops[1] / shown.flops[2]).toBeLessThan(0.4);
  });

  // Times depend on the machine. This order has a reason of a factor of almost three.
  it("reads prompts faster than the dense model that stores as many", () => {
    expect(shown.overTotal.reading).toBeGreaterThan(1);
    for (const times of Object.values(shown.overActive)) expect(times).toBeGreaterThan(0);
  });

  it("says in the three lines what the claim says", () => {
    expect(notebook.printed).toContain(
      `stores as many, it writes ${shown.overTotal.writing} and reads ${shown.overTotal.reading} times as fast`,
    );
  });

  it("and the parts of a step sum to the step", () => {
    for (const { step, batch, ...parts } of tableOf("products") as Record<string, number>[]) {
      expect(step).toMatch(/^(reading|writing)$/);
      expect([1, 16]).toContain(batch);
      expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 6);
    }
  });
});

describe("B6, only a few experts per step", () => {
  const shown = notebook.claimed<Record<"oneToken" | "measured" | "formula" | "batch64", number>>("B6");

  it("holds for a token, and not for a batch of eight", () => {
    expect(shown.oneToken).toBeCloseTo(0.25, 12);
    expect(shown.formula).toBeCloseTo(1 - 0.75 ** 8, 12);
    expect(Math.abs(shown.measured - shown.formula)).toBeLessThan(0.05);
    expect(shown.batch64).toBeGreaterThan(0.99);
  });
});

// Mixtral by hand: V, D, layers, one expert, what every token needs, keys and values of one token.
const mixtral = { V: 32000, D: 4096, L: 32, expert: 3 * 4096 * 14336, kv: 2 * 32 * 1024 };
const others = (experts: number) =>
  mixtral.L * (2 * 4096 * 4096 + 2 * 4096 * 1024 + experts * 4096 + 2 * 4096) + 2 * mixtral.V * 4096 + 4096;
/** Bytes of a step in bfloat16 at 1,000 tokens: of the embedding a row a text; the cache is read, and written for the new token. */
function moved(experts: number, touched: (batch: number) => number, batch: number): number {
  const weights =
    others(experts) - mixtral.V * mixtral.D + batch * mixtral.D + mixtral.L * touched(batch) * mixtral.expert;
  return 2 * weights + 2 * batch * mixtral.kv * 1000;
}

describe("C4, without proportional hardware", () => {
  interface C4 {
    computing: number;
    cards: number[];
    read: [ofTotal: number, ofActive: number][];
    edge: [name: string, fits: boolean, tokensPerSecond: number][];
  }
  const shown = notebook.claimed<C4>("C4");

  it("computes as much as the dense model of equal active size, and must be held whole", () => {
    expect(shown.computing).toBeLessThan(1.001);
    const bytes = (experts: number) => 2 * (others(experts) + mixtral.L * experts * mixtral.expert);
    const cards = (experts: number) => Math.ceil((bytes(experts) + 2 * mixtral.kv * 4096) / (0.9 * 80e9));
    expect(shown.cards).toEqual([cards(8), cards(2), cards(8)]);
    expect(shown.cards[0]).toBeGreaterThan(shown.cards[1]);
  });

  it("saves reading beside equal total size while few texts are written, beside equal active size never", () => {
    [1, 2, 4, 8, 16, 32, 64].forEach((batch, i) => {
      const own = moved(8, (texts) => 8 * (1 - 0.75 ** texts), batch);
      expect(shown.read[i][0]).toBeCloseTo(own / moved(8, () => 8, batch), 2);
      expect(shown.read[i][1]).toBeCloseTo(own / moved(2, () => 2, batch), 2);
      expect(shown.read[i][1]).toBeGreaterThanOrEqual(1);
    });
    expect(shown.read[0][0]).toBeLessThan(0.3);
    expect(shown.read[4][0]).toBeGreaterThan(0.95);
  });

  it("helps a small device where all experts fit, and not where they do not", () => {
    const of = Object.fromEntries(shown.edge.map(([name, fits, speed]) => [name, { fits, speed }]));
    expect(Object.values(of).map(({ fits }) => fits)).toEqual([true, true, false, true]);
    expect(of["OLMoE-1B-7B"].speed).toBeGreaterThan(3 * of["Mistral-7B"].speed);
    expect(of["Qwen3-30B-A3B"].speed).toBeLessThan(0.3 * of["Llama-3.2-3B"].speed);
    // By its own bytes: the device reads 102 GB a second, and no token of Mistral 7B takes fewer than half a byte a parameter.
    const mistral = Number(account(findModel("Mistral-7B")!.config!).total) - 32000 * 4096;
    expect(of["Mistral-7B"].speed).toBeLessThan(102e9 / (mistral / 2));
  });

  it("and the cache is the same: attention's alone", () => {
    expect(notebook.printed).toContain(`MoE: ${4 * 100 * 2 * 4 * 128}`);
    const [moe, active, total] = tableOf("cache").map(({ cache }) => cache);
    expect([moe, active]).toEqual([total, 2 * 2 * 32 * 1024 * 4096]);
  });
});

describe("the crossing on four H100 cards", () => {
  it("is where a batch reads all experts; far above, where computing is the limit, the lead is back", () => {
    const [, one, four, lost, many] =
      /total size: ([\d.]+) times as fast at one text,\n([\d.]+) times at 4; at (\d+) texts the lead is a tenth or less;\nat 1,024 texts it is ([\d.]+) times/
        .exec(notebook.printed)!
        .map(Number);
    const ratio = (batch: number) => moved(8, () => 8, batch) / moved(8, (texts) => 8 * (1 - 0.75 ** texts), batch);
    expect(one).toBeCloseTo(ratio(1), 1);
    expect(four).toBeCloseTo(ratio(4), 1);
    expect(ratio(lost)).toBeLessThan(1.1);
    expect(ratio(lost / 2)).toBeGreaterThan(1.1);
    expect(many).toBeGreaterThan(1.2);
  });
});

describe("all-to-all", () => {
  it("three rows of four leave their device, one of two its machine, up to the router's taste", () => {
    const [, device, machine] = /leave their device: ([\d.]+) %.*\n.*leave their machine: ([\d.]+) %/.exec(
      notebook.printed,
    )!;
    expect(Math.abs(Number(device) - 75)).toBeLessThan(5);
    expect(Math.abs(Number(machine) - 50)).toBeLessThan(5);
    const [, sent, byChance] = /Sent in this layer, there and back: (\d+) kB, by chance (\d+) kB/.exec(
      notebook.printed,
    )!;
    // A token's two experts are on one of four devices, with two experts each, with chance 1/7: else on two.
    expect(Number(byChance)).toBeCloseTo(((1 / 7 + (2 * 6) / 7) * 0.75 * 1024 * 128 * 4) / 1000, -1);
    expect(Math.abs(Number(sent) / Number(byChance) - 1)).toBeLessThan(0.1);
  });
});

describe("C5, ways to grow", () => {
  const { growth } = notebook.claimed<{ growth: [way: string, total: number, flops: number][] }>("C5");

  it("depth and width raise the FLOPs with the parameters, experts do not, and the width of the model does", () => {
    expect(growth.map(([way]) => way)).toEqual(["depth", "width", "experts", "model width"]);
    for (const [way, total, flops] of growth) {
      expect(total).toBeGreaterThan(2);
      if (way === "experts") expect(flops).toBeLessThan(1.001);
      else expect(Math.abs(flops / total - 1)).toBeLessThan(0.02);
    }
  });
});

describe("C6, Llama 2 70B", () => {
  const shown = notebook.claimed<Record<"total" | "float16" | "bound" | "cache4096" | "cards", number>>("C6");

  it("is 138 GB in 16 bits, and writes 119 tokens a second on eight A100 at most", () => {
    const [d, layers, f] = [8192, 80, 28672];
    const layer = 2 * d * d + 2 * d * 1024 + 3 * d * f + 2 * d;
    expect(shown.total).toBe(layers * layer + 2 * 32000 * d + d);
    expect(shown.float16).toBe(2 * shown.total);
    expect(shown.cache4096).toBe(2 * 2 * layers * 1024 * 4096);
    // Eight cards read 2.039 TB/s each; of the embedding a row is read.
    const read = 2 * (shown.total - 32000 * d + d) + 2 * 2 * layers * 1024 * 5;
    expect(shown.bound).toBeCloseTo((8 * 2.039e12) / read, 0);
    expect(shown.cards).toBe(Math.ceil((shown.float16 + shown.cache4096) / (0.9 * 80e9)));
  });

  it("and nobody measured more than the bound, of any model", () => {
    const [world] = notebook.figures("predicted") as { above: number }[];
    expect(world.above).toBe(0);
    const rows = tableOf("most") as Record<string, number | string>[];
    for (const { ratio } of rows) expect(ratio).toBeLessThan(1);
    // "With many texts at once, other things take time too": fewer of these come near.
    for (const [, what, reached, all] of notebook.printed.matchAll(
      /(one|many) texts?, \w+: (\d+) of (\d+) reach 0.35/g,
    ))
      expect(reached === all).toBe(what === "one");
    const onEight = (model: string) => rows.find((row) => row.model === model && row.cards === 8)!.measured as number;
    expect(onEight("Mixtral-8x7B")).toBeGreaterThan(2 * onEight("Llama-2-70B"));
  });
});

describe("what the speed depends on", () => {
  const rows = tableOf("needed") as Record<string, number | string>[];
  const of = (change: string) => rows.find((row) => row.change === change) as Record<string, number>;

  it("not on the total while one text is written, but on what is active, on the batch, the format and the device", () => {
    const base = of("as it is");
    expect(of("twice the experts").one / base.one).toBeGreaterThan(0.99);
    expect(of("twice the experts").many / base.many).toBeLessThan(0.8);
    expect(of("twice the experts").needed).toBeGreaterThan(base.needed);
    expect(of("four experts a token").one / base.one).toBeLessThan(0.7);
    expect(of("weights in fp8").one / base.one).toBeGreaterThan(1.8);
    expect(of("texts of 32,000 tokens").one / base.one).toBeLessThan(0.95);
    expect(of("A100 cards").one / base.one).toBeLessThan(0.7);
    expect(notebook.printed).toContain("slower with: four experts a token, texts of 32,000 tokens, A100 cards\n");
    expect(notebook.printed).toContain("as fast as before with: twice the experts\n");
  });
});

describe("exercises", () => {
  const names = ["experts that a batch touches", "tokens per second of one text", "cards that hold the weights"];

  it("are there, and wait for an answer", () => {
    expect(notebook.exercises()).toEqual(Object.fromEntries(names.map((name) => [name, "open"])));
  });

  it("are solved by the folded solutions", () => {
    interface Cells {
      cells: { source: string[] }[];
    }
    const { cells } = JSON.parse(readFileSync("notebooks/08-inference.ipynb", "utf8")) as Cells;
    const text = cells.map(({ source }) => source.join("")).join("\n");
    const solutions = [...text.matchAll(/Solution<\/summary>\s+```ts\nconst \w+ = (.*?);\n```/gs)];
    expect(solutions).toHaveLength(3);
    solutions.forEach(([, code], i) => {
      const answer: unknown = runInNewContext(code.replaceAll(": number", ""));
      expect(judge(exercises[names[i]], answer).state).toBe("right");
    });
  });
});
