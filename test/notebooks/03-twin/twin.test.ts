import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { fourDomains, mixture, mobyDick } from "../../../lib/data/index.js";
import { fromArray, noGrad } from "../../../lib/index.js";
import { countParameters, transformer, twins, upcycle } from "../../../lib/models/index.js";
import type { Transformer } from "../../../lib/models/index.js";
import { specialization, type SpecializationRow } from "../../../lib/train/index.js";
import { exercises } from "../../../lib/notebook/exercises/index.js";
import { executed } from "../executed.js";

const notebook = executed("03-twin");
const { vocabSize } = (await mobyDick()).tokenizer;
const config = { vocabSize, blockSize: 32, nLayer: 3, nHead: 4, dModel: 64 };
const ids = fromArray(
  Array.from({ length: 64 }, (_, i) => (i * 7) % vocabSize),
  [2, 32],
  "int32",
);
const apart = (a: Transformer, b: Transformer): number => {
  const [x, y] = [a, b].map((model) => [...noGrad(() => model.forward(ids)).logits.toTypedArray()]);
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - y[i])), 0);
};

const printed = (pattern: RegExp): string[] => {
  const found = pattern.exec(notebook.printed);
  if (!found) throw new Error(`the notebook 03-twin prints nothing like ${pattern}`);
  return found.slice(1);
};
const inWords = (count: number): string => count.toLocaleString("en");

describe("the part to replace", () => {
  it("attention has 4 · D² weights in a block, the feed-forward layer 8 · D²: two thirds", () => {
    const D = config.dModel;
    expect(printed(/attention: ([\d,]+) weights, ([\d.]+) %/)).toEqual([inWords(3 * 4 * D * D), "33.3"]);
    expect(printed(/feed-forward: ([\d,]+) weights, ([\d.]+) %/)).toEqual([inWords(3 * 8 * D * D), "66.7"]);
  });

  it("the picture has the sizes of the models", () => {
    const { dense, moe } = twins(config, { seed: 1 });
    const [shown] = notebook.figures("twins") as Record<"dense" | "moe", { total: number; active: number }>[];
    expect([shown.dense, shown.moe]).toEqual([countParameters(dense), countParameters(moe)]);
  });

  it("L · E experts are stored, and L · k run for a token: one of C(E, k)^L paths", () => {
    expect(printed(/(\d+) stored, (\d+) run for one token/)).toEqual(["24", "6"]);
    expect(printed(/paths: ([\d,]+)/)).toEqual([inWords(28 ** 3)]);
  });
});

describe("experts in finer pieces", () => {
  it("keep the active weights, widen the router as they grow in number, and leave far more sets", () => {
    type Line = Record<"cut" | "experts" | "used" | "active" | "router" | "sets", number>;
    const lines = (notebook.figures("table") as Line[][]).find(([line]) => "cut" in line)!;
    expect(lines.map(({ cut }) => cut)).toEqual([1, 2, 4, 8]);
    for (const { cut, experts, used, active, router } of lines) {
      expect([experts, used, active, router]).toEqual([8 * cut, 2 * cut, 3 * 2 * 64 * 256, 3 * 8 * cut * 64]);
    }
    // C(E, k) from its own definition, with exact integers.
    const factorial = (n: number): bigint => (n < 2 ? 1n : BigInt(n) * factorial(n - 1));
    const sets = (n: number, k: number): number => Number(factorial(n) / factorial(k) / factorial(n - k));
    for (const line of lines) expect(line.sets).toBe(sets(line.experts, line.used));
    expect(printed(/active weights in experts: × ([\d.]+)/)).toEqual(["1"]);
    expect(printed(/weights of the routers: × ([\d.]+)/)).toEqual(["8"]);
  });
});

it("its exercises are there, and wait for an answer", () => {
  const asked = [...notebook.html.matchAll(/data-check="([^"]*)" data-state="(\w+)"/g)];
  expect(asked.map(([, name, state]) => [name, state])).toEqual([
    ["sets of experts", "open"],
    ["active weights of an MoE layer", "open"],
  ]);
  for (const [, name] of asked) expect(exercises).toHaveProperty([name]);
});

describe("A1, only the feed-forward part differs", () => {
  const shown = notebook.claimed<{ shared: number; onlyDense: string[]; onlyMoe: string[] }>("A1");

  it("in each block one FeedForward stands where the twin has a router and experts", () => {
    const blocks = [0, 1, 2].map((i) => `blocks.${i}.feedForward`);
    expect(shown.onlyDense).toEqual(
      blocks.flatMap((at) => [`${at}: FeedForward`, `${at}.up: Linear`, `${at}.down: Linear`]),
    );
    expect(shown.onlyMoe).toEqual(
      blocks.flatMap((at) => [`${at}: MoE`, `${at}.router: Router`, `${at}.experts: Experts`]),
    );
    expect(shown.shared).toBeGreaterThan(10);
  });
});

describe("A7, the mixture augments the transformer and keeps its core", () => {
  const shown = notebook.claimed<{ sameClass: boolean; apart: number; apartWhenSilenced: number }>("A7");

  it("one class; outputs differ, and not by a bit once the feed-forward parts are silent", () => {
    expect(shown).toMatchObject({ sameClass: true, apartWhenSilenced: 0 });
    expect(shown.apart).toBeGreaterThan(1e-3);
  });

  it("would not hold if the rest came from another seed", () => {
    const silent = (model: Transformer): Transformer => {
      const state = model.stateDict();
      for (const [name, { data }] of Object.entries(state)) if (/feedForward.*down/.test(name)) data.fill(0);
      model.loadStateDict(state);
      return model;
    };
    const { dense, moe } = twins(config, { seed: 1 });
    expect(apart(silent(dense), silent(moe))).toBe(0);
    expect(apart(silent(dense), silent(twins(config, { seed: 2 }).moe))).toBeGreaterThan(1e-3);
  });
});

describe("A6, smaller experts are a choice", () => {
  const shown = notebook.claimed<Record<"width" | "total" | "active" | "sets", number[]>>("A6");
  const [dense, half, wide, narrow] = [0, 1, 2, 3];

  it("half as wide, two cost what the dense layer does, but for the router; as wide, they cost twice as much", () => {
    const router = 3 * 8 * 64;
    const layer = 3 * 2 * 64 * 256;
    expect(shown.active[half] - shown.active[dense]).toBe(router);
    expect(shown.active[wide] - shown.active[dense]).toBe(router + layer);
    expect(shown.total[wide] - shown.total[dense]).toBe(router + 7 * layer);
  });

  it("many narrow ones add nothing but a wider router, and far more sets", () => {
    expect(shown.total[narrow] - shown.total[half]).toBe(3 * 24 * 64);
    expect(shown.width).toEqual([256, 128, 256, 32]);
    expect(shown.sets).toEqual([1, 28, 28, 10_518_300]);
  });

  it("the figures are those of the models themselves", () => {
    const designs = [
      [0, 1],
      [8, 2],
      [8, 2],
      [32, 8],
    ];
    designs.forEach(([nExpert, topK], i) => {
      const model = transformer({ ...config, nExpert, topK, dExpert: shown.width[i] });
      expect(countParameters(model)).toEqual({ total: shown.total[i], active: shown.active[i] });
    });
  });
});

describe("upcycling", () => {
  it("the first output of the grown model is the dense one's, up to rounding", () => {
    const difference = Number(/difference of any output: (\S+)/.exec(notebook.printed)![1]);
    expect(difference).toBeLessThan(1e-5);
  });

  it("would not be with weights that do not sum to 1", () => {
    const { dense } = twins(config, { seed: 1 });
    const grown = upcycle(dense, { nExpert: 8, topK: 2 });
    expect(apart(dense, grown)).toBeLessThan(1e-5);
    const other = transformer({ ...grown.config, renormalize: false });
    other.loadStateDict(grown.stateDict());
    expect(apart(dense, other)).toBeGreaterThan(1e-3);
  });
});

describe("B4, experts specialize", () => {
  const shown = notebook.claimed<Record<"subject" | "byChance" | "byCharacter" | "character", number[]>>("B4");

  it("they say more about the subject than chance allows, in every layer", () => {
    expect(shown.subject).toHaveLength(3);
    shown.subject.forEach((nmi, layer) => expect(nmi).toBeGreaterThan(shown.byChance[layer]));
  });

  it("and part of that is what characters alone tell: they are what experts know best", () => {
    expect(Math.max(...shown.byCharacter)).toBeGreaterThan(0);
    shown.byCharacter.forEach((nmi, layer) => expect(shown.character[layer]).toBeGreaterThan(nmi));
    expect(shown.character[0]).toBeGreaterThan(shown.subject[0]);
  });

  it("the layer that knows most of the subject is named, and how many experts the subjects choose", () => {
    expect(printed(/most about the subject: layer (\d)/)).toEqual([
      String(shown.subject.indexOf(Math.max(...shown.subject)) + 1),
    ]);
    const [flow] = notebook.figures("flow") as { favorites: Record<string, number> }[][];
    expect([...notebook.printed.matchAll(/: (\d) different experts/g)].map(([, count]) => Number(count))).toEqual(
      flow.map(({ favorites }) => new Set(Object.values(favorites)).size),
    );
  });

  it("the layers that it names are those where experts say more about characters", () => {
    const layers = shown.character.flatMap((nmi, i) => (nmi > shown.subject[i] ? [i + 1] : []));
    expect(printed(/more about characters than about subjects, in layers: (.*)/)).toEqual([layers.join(", ")]);
  });

  it("the recorded models: before training what characters explain, all but a sliver; afterwards more, line by line as in the rows", () => {
    const { command, commit, rows } = JSON.parse(
      readFileSync(path.resolve(import.meta.dirname, "../../../assets/labs/specialization.json"), "utf8"),
    ) as { command: string; commit: string; rows: (SpecializationRow & { when: string; seed: number })[] };
    expect(notebook.printed).toContain(`${command}, commit ${commit}, seeds `);
    type Line = Record<"training" | "explained", string>;
    const lines = (notebook.figures("table") as Line[][]).find(([line]) => "explained" in line)!;
    expect(lines).toHaveLength(rows.length);
    rows.forEach(({ when, domain, domainByChance, domainByCharacter }, i) => {
      const more = domain > domainByCharacter.high ? "more than characters" : "characters";
      const explained = domain > domainByChance.high ? more : "chance";
      expect(lines[i]).toMatchObject({ training: when, explained });
      const beyond = domain - domainByCharacter.high;
      if (when === "before") expect(beyond).toBeLessThan(0.002);
      else expect(beyond).toBeGreaterThan(0.02);
    });
    const trained = rows.filter(({ when }) => when === "after");
    for (const [, seed, layer, by] of notebook.printed.matchAll(
      /seed (\d): furthest above characters in layer (\d), by ([\d.]+)/g,
    )) {
      const above = trained
        .filter((row) => String(row.seed) === seed)
        .map(({ domain, domainByCharacter }) => domain - domainByCharacter.high);
      expect(above.indexOf(Math.max(...above)) + 1).toBe(Number(layer));
      expect(Math.max(...above)).toBeCloseTo(Number(by), 3);
    }
    expect([...notebook.printed.matchAll(/furthest above characters/g)]).toHaveLength(3);
    for (const when of ["before", "after"]) {
      const own = rows.filter((row) => row.when === when);
      const more = own.filter(({ domain, domainByCharacter }) => domain > domainByCharacter.high).length;
      expect(notebook.printed).toContain(`${when} training: more than characters in ${more} of ${own.length} rows`);
    }
    const last = Math.max(...rows.map(({ layer }) => layer));
    for (const line of lines.filter((_, i) => rows[i].when === "after" && rows[i].layer === last))
      expect(line.explained).toBe("more than characters");
  });

  it("subjects that are dealt out anew say nothing", async () => {
    const four = mixture(await fourDomains(), { chunks: 60 });
    const model = transformer(
      { ...config, vocabSize: four.corpus.tokenizer.vocabSize, nExpert: 8, topK: 2 },
      { seed: 1 },
    );
    const [row] = specialization(
      model,
      { ...four, labels: { ...four.labels, validation: four.labels.validation.map((_, i) => Math.floor(i / 32) % 4) } },
      { blocks: 24 },
    ).rows;
    expect(row.domain).toBeLessThan(row.domainByChance.high + 0.02);
  });
});
