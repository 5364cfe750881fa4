import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { Corpus, domainCorpora, domainCorpus } from "../../lib/data/index.js";
import { applyLora, Generator, noGrad } from "../../lib/index.js";
import { countParameters, pretrained, type Transformer } from "../../lib/models/index.js";
import { withoutExperts } from "../../lib/moe/index.js";
import { exercises } from "../../lib/notebook/exercises/index.js";
import { judge } from "../../lib/notebook/exercises/judge.js";
import { evaluate, train } from "../../lib/train/index.js";
import { executed } from "./executed.js";

const notebook = executed("11-adapting");
type Row = Record<string, number | string>;
const tables = notebook.figures("table") as Row[][];
const tableOf = (column: string): Row[] => tables.find((rows) => column in rows[0])!;
const names = ["english", "spanish", "code", "arithmetic"];
const steps = Number(/After (\d+) steps on TypeScript/.exec(notebook.html)![1]);
const isShort = steps === 4;

// Of the trained twin: layers, experts, width, width of an expert, and of the dense twin's layer.
const [L, E, K, D, F, H] = [4, 8, 2, 128, 176, 352];
let model: Transformer;
let typescript: Corpus;
let old: Corpus[];
beforeAll(async () => {
  const twin = await pretrained("moe");
  model = twin.model;
  const text = readFileSync("assets/texts/typescript.txt", "utf8");
  typescript = new Corpus(text, { name: "TypeScript", tokenizer: twin.tokenizer });
  const four = names.map((name) => ({
    name,
    text: readFileSync(`assets/domains/${name}.txt`, "utf8").slice(0, 60_000),
  }));
  old = domainCorpora(domainCorpus(four, twin.tokenizer, { blockSize: 128 }));
}, 60_000);

describe("C8, a copy for each user is impossible", () => {
  interface C8 {
    copy: number;
    adapter: number;
    copiesOnDisk: number;
    learned: number[];
    changed: number;
    trained: number;
    bytes: { adapters: number; copy: number };
  }
  const shown = notebook.claimed<C8>("C8");

  it("counts GPT-3's copy and adapter from its shape", () => {
    const [layers, d, vocabulary, context] = [96, 12_288, 50_257, 2048];
    const block = 4 * d * d + 4 * d + 8 * d * d + 5 * d + 4 * d;
    const total = vocabulary * d + context * d + layers * block + 2 * d;
    expect(total).toBe(174_604_259_328);
    expect(shown.copy).toBe(2 * total);
    expect(shown.adapter).toBe(2 * layers * 2 * 4 * (d + d)); // 37.7 MB
    expect(shown.adapter).toBe(37_748_736);
    expect(shown.copiesOnDisk).toBe(Math.floor(20e12 / (2 * total)));
    expect(notebook.printed).toContain("by hand: 18,874,368 numbers, 37.7 MB");
    const [row] = tableOf("cards").filter(({ method }) => method === "LoRA");
    expect(row.trained).toBe(18_874_368);
    const cards = tableOf("cards").map((own) => own.cards as number);
    expect(cards[0]).toBeGreaterThan(cards[1]);
    expect(cards[1]).toBeGreaterThan(cards[2]);
  });

  it("users really learn beside one base, of which no tensor changes", () => {
    expect(shown.changed).toBe(0);
    expect(shown.learned).toHaveLength(2);
    for (const gain of shown.learned) expect(gain).toBeGreaterThan(0);
    expect(shown.trained).toBe(L * 2 * 4 * (D + D));
    expect(shown.bytes.copy / shown.bytes.adapters).toBeGreaterThan(100);
    const rows = tableOf("adapters");
    const loss = (adapters: string, text: string): number =>
      rows.find((row) => row.adapters === adapters && row.text === text)!.loss as number;
    expect(loss("none", "TypeScript")).toBeCloseTo(evaluate(model, typescript, { blocks: isShort ? 4 : 12 }), 5);
    // Each user's own adapters serve a text best.
    expect(loss("TypeScript", "TypeScript")).toBeLessThan(loss("German names", "TypeScript"));
    expect(loss("German names", "German names")).toBeLessThan(loss("TypeScript", "German names"));
  });
});

describe("ways to learn a new text", () => {
  const rows = tableOf("gain") as Record<string, number>[];
  const found = /relevant: (\[\[.*?\]\]) /.exec(notebook.printed)![1];
  const relevant = JSON.parse(found) as number[][];

  it("calls relevant the fewest experts with half of the weight", () => {
    const sums = Array.from({ length: L }, () => new Array<number>(E).fill(0));
    for (const { inputs } of typescript.blocks("train", 4, 128, isShort ? 4 : 16))
      noGrad(() => model.forward(inputs)).routings.forEach((routing, layer) => {
        const weights = routing.weights.toTypedArray();
        routing.assignments().forEach(({ expert }, i) => (sums[layer][expert] += weights[i]));
      });
    relevant.forEach((own, layer) => {
      const total = sums[layer].reduce((a, b) => a + b);
      const weights = own.map((expert) => sums[layer][expert] / total);
      const sum = weights.reduce((a, b) => a + b);
      expect(sum).toBeGreaterThanOrEqual(0.5 - 1e-6);
      expect(sum - Math.min(...weights)).toBeLessThan(0.5); // without the least of them it is too little
      const others = sums[layer].filter((_, e) => !own.includes(e)).map((weight) => weight / total);
      expect(Math.max(...others)).toBeLessThanOrEqual(Math.min(...weights));
    });
  });

  it("counts what is trained, and what of it a token meets, from the shapes", () => {
    const count = relevant.flat().length;
    const lora = 3 * 4 * (D + F);
    expect(rows.map(({ trained }) => trained)).toEqual([
      model.totalParameters(),
      L * 2 * 4 * (D + D),
      L * E * lora,
      count * lora,
      count * 3 * D * F,
    ]);
    expect(rows[1].token).toBe(rows[1].trained);
    expect(rows[2].token).toBe(L * K * lora);
    expect(rows[0].token).toBe(countParameters(model).active);
    // Of the assignments of the new text, those to relevant experts.
    let [hits, tokens] = [0, 0];
    for (const { inputs } of typescript.blocks("train", 4, 128, isShort ? 4 : 16)) {
      tokens += inputs.size;
      noGrad(() => model.forward(inputs)).routings.forEach(({ experts }, layer) => {
        hits += [...experts].filter((expert) => relevant[layer].includes(expert)).length;
      });
    }
    expect(rows[3].token).toBe(Math.round((hits / tokens) * lora));
    expect(rows[4].token).toBe(Math.round((hits / tokens) * 3 * D * F));
  });

  it("measures loss and gain alike, and says their order", () => {
    const before = evaluate(model, typescript, { blocks: isShort ? 4 : 12 });
    for (const { loss, gain } of rows) expect(loss + gain).toBeCloseTo(before, 2);
    const order = [...rows].sort((a, b) => b.gain - a.gain).map(({ way }) => way);
    expect(notebook.printed).toContain(`most gained first: ${order.join(" > ")}`);
    if (isShort) return;
    for (const { gain } of rows) expect(gain).toBeGreaterThan(0.1);
    // Everything learns most and forgets most; attention alone learns least.
    expect(order[0]).toBe("everything");
    expect(order[4]).toBe("attention");
    expect(Math.max(...rows.map(({ forgot }) => forgot))).toBe(rows[0].forgot);
  });

  it("trains what it says: LoRA on attention again", { timeout: 120_000 }, async () => {
    const { model: again } = await pretrained("moe");
    applyLora(again, ["query", "value"], { rank: 4, rng: new Generator(1) });
    const plan = { steps, batchSize: 2, seed: 1, weightDecay: 0, evalBlocks: 1, lr: 1e-2 };
    for await (const _ of train(again, typescript, plan));
    expect(evaluate(again, typescript, { blocks: isShort ? 4 : 12 })).toBeCloseTo(rows[1].loss, 2);
  });
});

describe("upcycling", () => {
  it("starts where the dense model is, with copies of its layer", () => {
    expect(Number(/apart at the start: (\S+) nats/.exec(notebook.printed)![1])).toBeLessThan(1e-4);
    const [dense, mixture] = tableOf("active") as Record<string, number>[];
    const layer = 3 * D * H;
    expect(mixture.total - dense.total).toBe(L * (3 * layer + 4 * D));
    expect(mixture.active - dense.active).toBe(L * (layer + 4 * D));
    expect(notebook.printed).toContain(`a token meets ${(mixture.active / dense.active).toFixed(2)} times`);
  });

  it("says who is ahead", () => {
    const [, dense, mixture, ahead] = /dense ([\d.]+), mixture ([\d.]+) nats: (\w+) ahead/.exec(notebook.printed)!;
    if (dense !== mixture) expect(ahead).toBe(Number(mixture) < Number(dense) ? "mixture" : "dense");
  });
});

describe("pruning", () => {
  const rows = tableOf("left") as Record<string, number>[];

  it("says what is left, from the shapes", () => {
    const total = model.totalParameters();
    for (const { kept, left } of rows) expect(left * total).toBeCloseTo(total - L * (E - kept) * (3 * D * F + D), 3);
  });

  it("costs what switching the same experts off costs", () => {
    const blocks = isShort ? 2 : 6;
    const loads = Array.from({ length: L }, () => new Array<number>(E).fill(0));
    for (const corpus of old)
      for (const { inputs } of corpus.blocks("train", 8, 128, blocks))
        noGrad(() => model.forward(inputs)).routings.forEach(({ experts }, layer) => {
          for (const expert of experts) loads[layer][expert]++;
        });
    const off = loads.map((own) => [...own.keys()].sort((a, b) => own[b] - own[a] || a - b).slice(4));
    const row = rows.find(({ rule, kept }) => String(rule) === "load" && kept === 4)!;
    names.forEach((name, d) => {
      const some = { blocks: isShort ? 1 : 4 };
      const cost = withoutExperts(model, off, () => evaluate(model, old[d], some)) - evaluate(model, old[d], some);
      expect(row[name]).toBeCloseTo(cost, 4);
    });
  });

  it("says the order of the rules, and none is free", () => {
    const half = rows.filter(({ kept }) => kept === 4);
    const order = [...half].sort((a, b) => a.mean - b.mean).map(({ rule }) => rule);
    expect(notebook.printed).toContain(`least lost first: ${order.join(" < ")}`);
    for (const { mean } of rows) expect(mean).toBeGreaterThan(0);
  });
});

describe("exercises", () => {
  const all = ["numbers of an adapter", "adapters of experts, for a token", "relevant experts"];

  it("are there, and wait for an answer", () => {
    expect(notebook.exercises()).toEqual(Object.fromEntries(all.map((name) => [name, "open"])));
  });

  it("are solved by the folded solutions", () => {
    interface Cells {
      cells: { source: string[] }[];
    }
    const { cells } = JSON.parse(readFileSync("notebooks/11-adapting.ipynb", "utf8")) as Cells;
    const text = cells.map(({ source }) => source.join("")).join("\n");
    const solutions = [...text.matchAll(/Solution<\/summary>\s+```ts\nconst \w+ = (.*?);\n```/gs)];
    expect(solutions).toHaveLength(3);
    solutions.forEach(([, code], i) => {
      const answer: unknown = runInNewContext(`(${code.replace(/: number(\[\])?/g, "")})`);
      expect(judge(exercises[all[i]], answer).state).toBe("right");
    });
  });
});
