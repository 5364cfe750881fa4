import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { domainCorpora, domainCorpus } from "../../lib/data/index.js";
import { noGrad } from "../../lib/index.js";
import { pretrained } from "../../lib/models/index.js";
import { withoutExperts } from "../../lib/moe/index.js";
import { exercises } from "../../lib/notebook/exercises/index.js";
import { judge } from "../../lib/notebook/exercises/judge.js";
import { evaluate } from "../../lib/train/index.js";
import { executed } from "./executed.js";

const notebook = executed("09-experts");
type Row = Record<string, number | string>;
const tables = notebook.figures("table") as Row[][];
const tableOf = (column: string): Row[] => tables.find((rows) => column in rows[0])!;
const names = ["english", "spanish", "code", "arithmetic"];

/** The notebook's own text again, and each token's favorite expert by the weights that the router gave: the larger of two. */
const tokens: { id: number; domain: number; experts: number[] }[] = [];
let texts: ReturnType<typeof domainCorpus>;
const twin = pretrained("moe");
beforeAll(async () => {
  const { model, tokenizer } = await twin;
  const length = /(\d+,\d+) tokens that were held out/.exec(notebook.printed)![1] === "4,096" ? 24_000 : 60_000;
  const domains = names.map((name) => ({
    name,
    text: readFileSync(`assets/domains/${name}.txt`, "utf8").slice(0, length),
  }));
  texts = domainCorpus(domains, tokenizer, { blockSize: 128 });
  let at = 0;
  for (const { inputs } of texts.corpus.blocks("validation", 8, 128)) {
    const { routings } = noGrad(() => model.forward(inputs));
    const own = [...inputs.toTypedArray()].map((id) => ({
      id,
      domain: texts.labels.validation[at++],
      experts: [0, 0, 0, 0],
    }));
    routings.forEach((routing, layer) => {
      const weights = routing.weights.toTypedArray();
      const best = own.map(() => -1);
      routing.assignments().forEach(({ token, expert }, i) => {
        if (weights[i] <= best[token]) return;
        best[token] = weights[i];
        own[token].experts[layer] = expert;
      });
    });
    tokens.push(...own);
  }
}, 120_000);

describe("an expert for each domain?", () => {
  it("says of each layer's purest expert what its tokens are", () => {
    tableOf("mostly").forEach(({ layer, expert, mostly, share }, l) => {
      expect(layer).toBe(l + 1);
      const purity = (e: number): number[] => {
        const own = tokens.filter(({ experts }) => experts[l] === e);
        return names.map((_, d) => own.filter(({ domain }) => domain === d).length / Math.max(own.length, 1));
      };
      const all = [...Array(8).keys()].map((e) => Math.max(...purity(e)));
      expect(share).toBeCloseTo(Math.max(...all), 9);
      expect(purity(expert as number)[names.indexOf(mostly as string)]).toBeCloseTo(share as number, 9);
    });
  });

  it("one layer has an expert nearly for itself, another none", () => {
    const shares = tableOf("mostly").map(({ share }) => share as number);
    expect(shares[0]).toBeGreaterThan(0.9);
    expect(tableOf("mostly")[0].expert).toBe(6); // "in the first layer there is one"
    expect(shares[2]).toBeLessThan(0.7);
    const [code, sums] = tableOf("digits");
    expect(code.expert).not.toBe(sums.expert); // "even there digits of program text go elsewhere"
  });

  it("counts where digits go", async () => {
    const { tokenizer } = await twin;
    for (const { domain, digits, expert, share } of tableOf("digits")) {
      const own = tokens.filter((t) => names[t.domain] === domain && /^ ?[0-9]+$/.test(tokenizer.decode([t.id])));
      expect(digits).toBe(own.length);
      expect(share).toBeCloseTo(own.filter(({ experts }) => experts[0] === expert).length / own.length, 9);
    }
    const [code, sums] = tableOf("digits");
    expect(notebook.printed).toContain(
      `digits of code and of arithmetic go to ${code.expert === sums.expert ? "the same expert" : "different experts"}\nmost of code's go to expert ${code.expert} (`,
    );
  });

  it("estimates how often two tokens meet as a thousand drawn pairs do", () => {
    // A generator of its own: x ← 48271 x mod 2³¹ − 1.
    let x = 7;
    const below = (n: number): number => (x = (x * 48271) % 2147483647) % n;
    const rows = tableOf("neither");
    for (const [layer, { both, token, domain, neither }] of rows.entries()) {
      const met = { domain: [0, 0], neither: [0, 0] };
      for (let i = 0; i < 20_000; i++) {
        const [a, b] = [tokens[below(tokens.length)], tokens[below(tokens.length)]];
        if (a.id === b.id) continue;
        const kind = met[a.domain === b.domain ? "domain" : "neither"];
        kind[0]++;
        if (a.experts[layer] === b.experts[layer]) kind[1]++;
      }
      expect(Math.abs(met.domain[1] / met.domain[0] - (domain as number))).toBeLessThan(0.03);
      expect(Math.abs(met.neither[1] / met.neither[0] - (neither as number))).toBeLessThan(0.03);
      expect(both).toBeGreaterThan(token as number); // "the domain adds something, also for equal tokens"
      expect(token).toBeGreaterThan(1.5 * (neither as number)); // "equal tokens meet far more often"
    }
  });
});

describe("B4, experts specialize", () => {
  const shown = notebook.claimed<Record<"domain" | "token" | "byToken", number[]>>("B4");
  const entropy = (labels: readonly (number | string)[]): number => {
    const counts = new Map<number | string, number>();
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    return -[...counts.values()].reduce((sum, n) => sum + (n / labels.length) * Math.log(n / labels.length), 0);
  };
  /** By entropies: 2 (H(a) + H(b) − H(a, b)) / (H(a) + H(b)). */
  const nmi = (a: readonly number[], b: readonly number[]): number => {
    const [x, y, joint] = [entropy(a), entropy(b), entropy(a.map((own, i) => `${own} ${b[i]}`))];
    return (2 * (x + y - joint)) / (x + y);
  };

  it("more on tokens than on domains, in every layer, and on domains more than equal tokens explain", () => {
    shown.domain.forEach((domain, layer) => {
      const experts = tokens.map((t) => t.experts[layer]);
      expect(domain).toBeCloseTo(nmi(experts, tokens.map((t) => t.domain)), 2); // prettier-ignore
      expect(shown.token[layer]).toBeCloseTo(nmi(experts, tokens.map((t) => t.id)), 2); // prettier-ignore
      expect(domain).toBeLessThan(shown.token[layer]);
      expect(domain).toBeGreaterThan(shown.byToken[layer]);
    });
    expect(notebook.printed).toContain("balanced: more than the token says in layers 1, 2, 3, 4");
    expect(notebook.printed).toContain("balanced: more on the domain than on the token in no layer");
  });

  it("agrees with what was recorded when the models were trained, on other pages", () => {
    interface Report {
      models: Record<string, { experts: { specialization: { domain: number; character: number }[] } }>;
    }
    const { models } = JSON.parse(readFileSync("assets/models/report.json", "utf8")) as Report;
    models.moe.experts.specialization.forEach(({ domain, character }, layer) => {
      expect(Math.abs(domain - shown.domain[layer])).toBeLessThan(0.05);
      expect(Math.abs(character - shown.token[layer])).toBeLessThan(0.1);
    });
  });
});

describe("two strengths of balance", () => {
  it("the twin without the loss says more about the domain and uses fewer experts", () => {
    const [balanced, unbalanced] = tableOf("inUse") as Record<string, number>[];
    expect([balanced.strength, unbalanced.strength]).toEqual([0.01, 0]);
    expect(unbalanced.domain).toBeGreaterThan(1.5 * balanced.domain);
    expect(unbalanced.more).toBeGreaterThan(balanced.more);
    expect(unbalanced.inUse).toBeLessThan(balanced.inUse - 1);
    expect(notebook.printed).toContain("more about the domain: unbalanced; more experts in use: balanced");
    // "in some layers even more than by token"
    expect(notebook.printed).toMatch(/unbalanced: more on the domain than on the token in layers \d/);
    const plan = readFileSync("scripts/pretrain/plan.ts", "utf8");
    expect(plan).toContain("steps: 8000,\n  batchSize: 6,");
    expect(plan).toContain("unbalanced: { ...recipe, steps: 3000 }");
  });
});

describe("without experts", () => {
  it("prints the cost of the worst one, measured again", async () => {
    const { model } = await twin;
    const found = /(\w+) without expert (\d): ([\d.]+) nats more/.exec(notebook.printed)!;
    const corpus = domainCorpora(texts)[names.indexOf(found[1])];
    const blocks = tokens.length < 5000 ? 1 : 4;
    const without = withoutExperts(model, [[Number(found[2])], [], [], []], () => evaluate(model, corpus, { blocks }));
    expect(without - evaluate(model, corpus, { blocks })).toBeCloseTo(Number(found[3]), 1);
    expect(Number(found[3])).toBeGreaterThan(1);
  });

  it("shows the recorded rows: few experts cost much, the middle one little", () => {
    for (const { cost, middle, free, ...row } of tableOf("misses most") as Record<string, number>[]) {
      expect(row["misses most"]).toMatch(/^layer 1,/); // "look in which layer the missed experts are"
      expect(cost).toBeGreaterThan(20 * middle);
      expect(free).toBeLessThan(8);
    }
  });
});

describe("one in eight", () => {
  const rows = (tableOf("cutRandom") as Record<string, number>[]).filter(({ count }) => count === 1);
  const mean = (by: string): number => rows.reduce((sum, row) => sum + row[by], 0) / rows.length;

  it("breaks the mixture in every domain, also with the experts of the domain", () => {
    expect(rows).toHaveLength(4);
    for (const { mixture } of rows) expect(mixture).toBeGreaterThan(1);
  });

  it("and says of the means what the rows say", () => {
    for (const [by, label] of [
      ["mixture", "MoE, own"],
      ["cut", "dense, own"],
      ["free", "unbalanced"],
    ])
      // prettier-ignore
      expect(notebook.printed).toContain(`one in eight, ${label}: ${mean(by).toFixed(2)} nats lost on average`);
    expect(mean("mixture")).toBeLessThan(mean("mixtureRandom"));
    expect(mean("cut")).toBeLessThan(mean("cutRandom"));
    expect(mean("free")).toBeLessThan(Math.min(mean("mixture"), mean("cut"))); // "the unbalanced twin loses least"
    const [, moe, unbalanced] = /before, in nats: MoE ([\d.]+), unbalanced ([\d.]+),/.exec(notebook.printed)!;
    expect(Number(unbalanced)).toBeGreaterThan(Number(moe)); // "but its loss was higher before"
    expect(notebook.printed).toContain(`less is lost by: ${mean("mixture") < mean("cut") ? "mixture" : "dense"}`);
  });
});

describe("exercises", () => {
  const all = ["two tokens in one expert", "more than the token", "what is left of a pruned mixture"];

  it("are there, and wait for an answer", () => {
    expect(notebook.exercises()).toEqual(Object.fromEntries(all.map((name) => [name, "open"])));
  });

  it("are solved by the folded solutions", () => {
    interface Cells {
      cells: { source: string[] }[];
    }
    const { cells } = JSON.parse(readFileSync("notebooks/09-experts.ipynb", "utf8")) as Cells;
    const text = cells.map(({ source }) => source.join("")).join("\n");
    const solutions = [...text.matchAll(/Solution<\/summary>\s+```ts\nconst \w+ = (.*?);\n```/gs)];
    expect(solutions).toHaveLength(3);
    solutions.forEach(([, code], i) => {
      const answer: unknown = runInNewContext(code.replace(/: number(\[\])?/g, ""));
      expect(judge(exercises[all[i]], answer).state).toBe("right");
    });
  });
});
