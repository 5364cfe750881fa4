import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { account, cacheBytes, findModel, gigabytes, modelRows, models, weightBytes } from "../../lib/account/index.js";
import { countParameters, twins } from "../../lib/models/index.js";

// Reads what the executed notebook shows (npm run notebooks) and computes it again.
interface Cell {
  source: string | string[];
  outputs?: { data?: Record<string, string | string[]>; text?: string | string[] }[];
}
const file = path.resolve(import.meta.dirname, "../../build/notebooks/05-parameters.ipynb");
const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: Cell[] };
const joined = (lines: string | string[] = ""): string => (Array.isArray(lines) ? lines.join("") : lines);
const outputs = cells.flatMap((cell) => cell.outputs ?? []);
const html = outputs.map((output) => joined(output.data?.["text/html"]));
const printed = outputs.map((output) => joined(output.text)).join("\n");
const unescaped = (text: string) => text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");

/** The values that `claim(id, …)` left in an output. */
function claimed(id: string): Record<string, unknown> {
  const badge = html.find((output) => output.includes(`data-claim="${id}"`));
  const values = /data-values="([^"]*)"/.exec(badge ?? "")?.[1];
  if (values === undefined) throw new Error(`the notebook shows no claim ${id}`);
  return JSON.parse(unescaped(values)) as Record<string, unknown>;
}
const last = (name: string) =>
  html
    .filter((output) => output.includes(`data-figure="${name}"`))
    .map((output) => JSON.parse(unescaped(/data-facts="([^"]*)"/.exec(output)![1])) as Record<string, unknown>);
const known = (name: string) => account(findModel(name)!.config!);

describe("C1, Mixtral 8x7B", () => {
  // Written out by hand from the shapes: the same arithmetic as in the library would prove nothing.
  const [V, D, L, E, F] = [32000, 4096, 32, 8, 14336];
  const attention = 2 * D * D + 2 * D * 1024;
  const count = (experts: number) => L * (attention + experts * 3 * D * F + E * D + 2 * D) + 2 * V * D + D;

  it("the notebook shows 46,702,792,704 in all, 12,879,925,248 of them active", () => {
    expect(claimed("C1")).toMatchObject({ total: count(8), active: count(2), eightTimesMistral: 57_933_856_768 });
    expect(claimed("C1").total).toBe(46_702_792_704);
    expect(claimed("C1").active).toBe(12_879_925_248);
    expect(claimed("C1").expertShare).toBeCloseTo((32 * 8 * 3 * D * F) / count(8), 12);
  });

  it("would not hold for a model with another top-k or narrower experts", () => {
    const config = findModel("Mixtral-8x7B")!.config!;
    for (const changed of [{ num_experts_per_tok: 3 }, { intermediate_size: 14335 }])
      expect(Number(account({ ...config, ...changed }).active)).not.toBe(claimed("C1").active);
  });

  it("the formula in the notebook evaluates to both", () => {
    const values = html.flatMap((output) => /twinformer-formula" data-value="(\d+)"/.exec(output)?.[1] ?? []);
    expect(values).toEqual(["46702792704", "12879925248"]);
    expect(printed).toContain("both equal the tree's sums: true");
  });

  it("and doubling the experts adds what eight experts and eight rows of the routers have", () => {
    const added = 32 * 8 * (3 * D * F + D);
    expect(printed).toContain(
      `total grows by ${added.toLocaleString("en")}, active by ${(32 * 8 * D).toLocaleString("en")}`,
    );
  });
});

describe("C2, total grows and active does not", () => {
  interface Step {
    nExpert: number;
    total: number;
    active: number;
    dense: number;
    formula: number;
    formulaActive: number;
  }
  const { sweep } = claimed("C2") as unknown as { sweep: Step[] };
  const sizes = { vocabSize: 256, blockSize: 32, nLayer: 2, nHead: 4, dModel: 64 };

  it("each step's modules allocate what the formula counts", () => {
    expect(sweep.map(({ nExpert }) => nExpert)).toEqual([2, 4, 8, 16, 32, 64]);
    for (const { nExpert, total, active, formula, formulaActive } of sweep) {
      expect([formula, formulaActive]).toEqual([total, active]);
      expect(countParameters(twins({ ...sizes, nExpert, topK: 2 }, { seed: 1 }).moe)).toEqual({ total, active });
    }
  });

  it("the total rises by whole experts, the active part by rows of the router alone", () => {
    const [first, ...others] = sweep;
    for (const { nExpert, total, active, dense } of others) {
      const more = nExpert - first.nExpert;
      expect(total - first.total).toBe(2 * more * (2 * 64 * 128 + 64));
      expect(active - first.active).toBe(2 * more * 64);
      expect(active - dense).toBe(2 * nExpert * 64);
    }
  });

  it("would not hold where all experts work", () => {
    const all = countParameters(twins({ ...sizes, nExpert: 8, topK: 8, dExpert: 128 }, { seed: 1 }).moe);
    expect(all.active).toBe(all.total);
    expect(all.active).not.toBe(sweep[2].active);
  });
});

describe("C5, the ways to grow", () => {
  const { work, byWidth } = claimed("C5") as { work: Record<string, number>; byWidth: number };

  it("in a dense model work grows with the parameters; with experts it grows by the router's rows alone", () => {
    // The dense model of Mixtral's active size: 12 times its layers' work is nearly all there is, the head aside.
    const [V, D, L, F] = [32000, 4096, 32, 2 * 14336];
    const layer = 2 * D * D + 2 * D * 1024 + 3 * D * F;
    const more = (layers: number, width: number) => layers * (layer + 3 * D * (width - F)) + V * D;
    expect(work.depth).toBeCloseTo(more(8 * L, F) / more(L, F), 2);
    expect(work.width).toBeCloseTo(more(L, 8 * F) / more(L, F), 2);
    expect(work.experts).toBeLessThan(1.001);
  });

  it("a wider model is a third way", () => {
    const mistral = findModel("Mistral-7B")!.config as Record<string, number>;
    const wider = account({ ...mistral, hidden_size: 8192 });
    expect(byWidth).toBeCloseTo(Number(wider.total) / Number(known("Mistral-7B").total), 12);
    expect(byWidth).toBeGreaterThan(2);
  });
});

describe("what the sentences say", () => {
  it("idle is exactly the experts that were not chosen", () => {
    const idle = (32 * 6 * 3 * 4096 * 14336).toLocaleString("en");
    expect(printed).toContain(`idle for this token: ${idle}\nthe experts not chosen have ${idle}`);
  });

  it("dense models are on the diagonal, mixtures below, and those named are farthest from it", () => {
    expect(printed).toMatch(/dense models on the diagonal: true\nall \d+ mixtures below it: true/);
    const { name } = models
      .filter(({ config }) => config !== null)
      .map((model) => ({ name: model.name, counted: account(model.config!) }))
      .map(({ name, counted }) => ({ name, share: Number(counted.active) / Number(counted.total) }))
      .reduce((least, model) => (model.share < least.share ? model : least));
    expect(printed).toContain(`farthest below: ${name} 0.11 %`);
  });

  it("all mixtures with less than five percent are named, farthest first, and no other", () => {
    const shares = models.flatMap(({ name, config }) => {
      if (config === null) return [];
      const { total, active } = account(config);
      return [{ name, share: Number(active) / Number(total) }];
    });
    const few = shares.filter(({ share }) => share < 0.05).sort((a, b) => a.share - b.share);
    const [, named] = /farthest below: ([^]*?)\nnearest/.exec(printed)!;
    expect(named.split(",\n").map((line) => line.trim().split(" ")[0])).toEqual(few.map(({ name }) => name));
    expect(few.length).toBeGreaterThan(3);
  });

  it("each of three ways to count is nearest for as many mixtures as the lines say, and for one in the table", () => {
    const ways = {
      "all active": (one: ReturnType<typeof known>) => one.active,
      "without input": (one: ReturnType<typeof known>) => one.activeWithoutInputEmbedding,
      "without both": (one: ReturnType<typeof known>) => one.activeWithoutEmbeddings,
    };
    const said = modelRows().filter(({ experts, publishedActive }) => experts && /^\d/.test(publishedActive));
    const nearest = said.map(({ name, publishedActive }) => {
      const off = Object.values(ways).map((count) =>
        Math.abs(Number(count(known(name))) / 1e9 - parseFloat(publishedActive)),
      );
      return Object.keys(ways)[off.indexOf(Math.min(...off))];
    });
    for (const way of Object.keys(ways)) {
      const found = nearest.filter((other) => other === way).length;
      expect(printed).toContain(`${way}: nearest for ${found} of ${said.length} mixtures`);
      expect(found).toBeGreaterThan(0);
    }
    const tables = last("table") as unknown as { model: string; nearest?: string }[][];
    const lines = tables.find(([line]) => "nearest" in line)!;
    for (const { model, nearest: shown } of lines)
      expect(shown, model).toBe(nearest[said.findIndex(({ name }) => name === model)]);
    expect(new Set(lines.map((line) => line.nearest)).size).toBe(3);
  });

  it("int4 is more than half a byte for each number", () => {
    for (const name of ["BERT-large", "GPT-3", "Llama-2-70B", "Mixtral-8x7B"])
      expect(weightBytes(known(name), "int4"), name).toBeGreaterThan(Number(known(name).total) / 2);
    expect(printed).toMatch(/BERT-large: 22\d MB; half a byte for each number: 168 MB/);
  });

  it("shared keys cost a quarter in Llama 3 8B, a window ends the growth, Jamba starts high and climbs late", () => {
    const cache = (name: string, tokens: number) => cacheBytes(known(name), { tokens });
    expect(cache("Llama-2-7B", 1024) / cache("Llama-3-8B", 1024)).toBe(4);
    expect(cache("Mistral-7B", 131_072)).toBe(cache("Mistral-7B", 4096));
    expect([...printed.matchAll(/^(\S+) \(.* tokens\n {2}has stopped growing$/gm)].map(([, name]) => name)).toEqual([
      "Mistral-7B",
    ]);
    for (const name of ["Llama-3-8B", "Mistral-7B", "DeepSeek-V3"]) {
      expect(cache("Jamba-v0.1", 64)).toBeGreaterThan(cache(name, 64));
      if (name !== "Mistral-7B") expect(cache("Jamba-v0.1", 131_072)).toBeLessThan(cache(name, 131_072));
    }
  });

  it("cards of 80 GB: 14 for all parameters, 2 with LoRA, 1 with QLoRA", () => {
    expect(printed.match(/cards of 80 GB: \d+/g)).toEqual([14, 2, 1].map((n) => `cards of 80 GB: ${n}`));
  });
});

describe("A6, how wide an expert is", () => {
  it("as wide as the layer it replaces in Mixtral, an eighth and a ninth in fine-grained models", () => {
    expect(claimed("A6")).toEqual({
      "Mixtral-8x7B expert": 14336,
      "Mixtral-8x7B dense": 14336,
      "Qwen3-30B-A3B expert": 768,
      "Qwen3-30B-A3B dense": 6144,
      "DeepSeek-V3 expert": 2048,
      "DeepSeek-V3 dense": 18432,
    });
    // One expert is three tables of that width: what the count makes of it.
    expect(known("Mixtral-8x7B").oneExpert).toBe(3n * 4096n * 14336n);
    expect(known("Qwen3-30B-A3B").oneExpert).toBe(3n * 2048n * 768n);
  });
});

describe("C6 and C7, what dense models weigh", () => {
  it("Llama 2 70B: 68,976,648,192 parameters, 138 GB in float16, over 1 GB of cache at 4,096 tokens", () => {
    const [V, D, L, F] = [32000, 8192, 80, 28672];
    const total = L * (2 * D * D + 2 * D * 1024 + 3 * D * F + 2 * D) + 2 * V * D + D;
    expect(claimed("C6")).toMatchObject({
      total,
      float16: (2 * total) / 1e9,
      cache4096: (2 * 2 * L * 1024 * 4096) / 1e9,
    });
    expect(claimed("C6").total).toBe(68_976_648_192);
    expect(claimed("C6").int4).toBe(gigabytes(weightBytes(known("Llama-2-70B"), "int4")));
  });

  it("BERT-large 335 million and GPT-3 174.6 billion, 521 times as many: 349.2 GB, which the article rounds to 350", () => {
    const [V, D, L, T] = [50257, 12288, 96, 2048];
    const gpt3 = L * (12 * D * D + 13 * D) + V * D + T * D + 2 * D;
    expect(claimed("C7")).toMatchObject({ bert: 335_141_888, gpt3, gpt3InFloat16: (2 * gpt3) / 1e9, roundFigure: 350 });
    expect(Math.round(claimed("C7").times as number)).toBe(521);
  });

  it("would be another figure in gibibytes", () => {
    expect((2 * (claimed("C7").gpt3 as number)) / 2 ** 30).toBeLessThan(326);
  });
});

describe("C9 and C10, the systems that are named", () => {
  const C9 = claimed("C9") as Record<string, number>;

  it("GLaM has 1.16 trillion, 96.6 billion active; Switch-C 1,571 billion", () => {
    // From the papers' tables: layers, widths, experts.
    const [D, F] = [8192, 32768];
    const glam = (experts: number) => 64 * 4 * D * 16384 + 32 * 3 * D * F + 32 * experts * 2 * D * F + 256_000 * D;
    expect(C9["GLaM total"] / glam(64)).toBeCloseTo(1, 4);
    expect(C9["GLaM active"] / glam(2)).toBeCloseTo(1, 3);
    expect((C9["GLaM active"] / 1e9).toFixed(1)).toBe("96.6");
    const switchC = 30 * 2048 * 2 * 2080 * 6144 + 45 * 4 * 2080 * 2048 + 32128 * 2080 + 30 * 2048 * 2080;
    expect(C9["Switch-C total"] / switchC).toBeCloseTo(1, 5);
    expect(Math.round(C9["Switch-C total"] / 1e9)).toBe(1571);
  });

  it("T5, BERT and ViT are dense: all that they have works", () => {
    for (const name of ["T5-11B", "BERT-large", "ViT-B/16"])
      expect(C9[`${name} active`]).toBe(Number(known(name).total));
  });

  it("GPT-4 is not published, and the notebook has no number for it", () => {
    expect(claimed("C10")).toMatchObject({ gpt4: "not published", counted: false });
    expect(models.filter(({ config }) => config === null).map(({ name }) => name)).toEqual(["GPT-4"]);
    const tables = last("table") as unknown as Record<string, unknown>[][];
    expect(tables.flat().find(({ model }) => model === "GPT-4")).toMatchObject({
      total: "not published",
      active: "not published",
    });
    const map = html.find((output) => output.includes('data-figure="models"'));
    expect(map).toContain("Mixtral-8x7B");
    expect(map).not.toContain("GPT-4");
  });
});

describe("the charts", () => {
  it("show the numbers that the claims state", () => {
    const { total, active } = claimed("C1");
    expect(last("parameters")[0]["Mixtral 8x7B"]).toEqual({ total, active });
    const [weights, tuning] = last("memory");
    expect(weights["GPT-3, float16"]).toBe(2 * (claimed("C7").gpt3 as number));
    expect(tuning["all parameters"]).toBe(16 * (claimed("C6").total as number));
    expect(Object.keys(last("lines")[0])).toEqual(["MoE total", "MoE active", "dense"]);
  });

  it("keep a picture where a notebook is not trusted", () => {
    const figures = html.filter((output) => /data-figure="(?!table")/.test(output));
    expect(figures).toHaveLength(9);
    for (const figure of figures) expect(figure).toContain('src="data:image/svg+xml;base64,');
  });
});
