import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { fourDomains, mixture, mobyDick } from "../../lib/data/index.js";
import { fromArray, noGrad } from "../../lib/index.js";
import { countParameters, transformer, twins, upcycle } from "../../lib/models/index.js";
import type { Transformer } from "../../lib/models/index.js";
import { duels, duelsBySecond, specialization, type SpecializationRow } from "../../lib/train/index.js";
import { executed } from "./executed.js";

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
  });

  it("the recorded readers: before training what characters explain, all but a sliver; afterwards more, line by line as in the rows", () => {
    const { command, commit, rows } = JSON.parse(
      readFileSync(path.resolve(import.meta.dirname, "../../assets/labs/specialization.json"), "utf8"),
    ) as { command: string; commit: string; rows: (SpecializationRow & { when: string })[] };
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

describe("D10, at equal work the mixture learns more", () => {
  interface Lead {
    lead: number;
    from: number;
    to: number;
    decided: boolean;
  }
  const shown = notebook.claimed<Record<string, Lead>>("D10");
  const { rows, seeds } = JSON.parse(
    readFileSync(path.resolve(import.meta.dirname, "../../assets/labs/twins.json"), "utf8"),
  ) as { rows: Parameters<typeof duels>[0]; seeds: number[] };

  it("the leads are those of the recorded rows, each with the interval of its seeds", () => {
    const again = {
      "equal active": duels(rows, "MoE", "dense"),
      "equal total, first": duels(rows, "MoE", "dense, equal total").slice(0, 1),
      "equal total": duels(rows, "MoE", "dense, equal total"),
      "equal active, by the clock": duelsBySecond(rows, "MoE", "dense"),
      "equal total, by the clock": duelsBySecond(rows, "MoE", "dense, equal total"),
    };
    expect(Object.keys(shown)).toEqual(Object.keys(again));
    for (const [how, found] of Object.entries(again)) {
      const { mean, low, high, decided, n } = found.at(-1)!;
      expect(n).toBe(seeds.length);
      expect(shown[how].lead).toBeCloseTo(mean, 3);
      expect(shown[how].from).toBeCloseTo(low, 3);
      expect(shown[how].to).toBeCloseTo(high, 3);
      expect(shown[how].decided).toBe(decided);
    }
  });

  it("at equal active parameters the interval lies above 0; against equal total parameters first below, in the end above", () => {
    expect(shown["equal active"].from).toBeGreaterThan(0);
    expect(shown["equal total, first"].to).toBeLessThan(0);
    expect(shown["equal total"].from).toBeGreaterThan(0);
  });

  it("after equally many seconds no lead of the mixture over its dense twin is left", () => {
    expect(shown["equal active, by the clock"].from).toBeLessThanOrEqual(0);
  });

  it("would not hold for the dense twin against itself", () => {
    expect(duels(rows, "dense", "dense").at(-1)).toMatchObject({ mean: 0, decided: false });
  });
});
