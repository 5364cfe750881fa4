import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { add, FeedForward, Generator, graph, LayerNorm, LSTM, MultiHeadAttention, noGrad, randn, RNN, sum, tensor, type Tensor } from "../../lib/index.js"; // prettier-ignore
import { copyTask } from "../../lib/data/index.js";
import { attentionRows, parameterRows, pretrained } from "../../lib/models/index.js";
import { exercises } from "../../lib/notebook/exercises/index.js";
import { ablationFindings, type AblationLine } from "../../scripts/labs/findings.js";
import { executed } from "./executed.js";

const notebook = executed("02-transformer");
const { model, tokenizer } = await pretrained("dense");
const { model: moe } = await pretrained("moe");
const totals = (one: typeof model) => parameterRows(one).reduce((all, { total }) => all + total, 0);

it("the picture of the twins has the sizes of the models that come trained", () => {
  const [figure] = notebook.figures("twins") as {
    dense: { total: number };
    moe: { total: number };
    differ: string[];
  }[];
  expect([figure.dense.total, figure.moe.total]).toEqual([totals(model), totals(moe)]);
  expect(figure.differ).toEqual(["feedForward"]);
  expect(notebook.figures("twins")).toMatchObject(Array(2).fill({ experts: [moe.config.topK, moe.config.nExpert] }));
});

it("attention by hand is the library's", () => {
  const [, distance] = /distance from the library's attention: (\S+)/.exec(notebook.printed)!;
  expect(Number(distance)).toBeLessThan(1e-6);
});

it("asks for a guess in each section, and says beside the answer what was written", () => {
  expect(notebook.printed.match(/\(you wrote null\)/g)).toHaveLength(9);
});

describe("A2, attention sees all tokens so far, by several heads", () => {
  const shown = notebook.claimed<{ tokens: number; heads: number; seen: number; ahead: number; pairs: number[] }>("A2");

  it("the last token takes from every token, nobody takes from a later one, and heads differ", () => {
    expect(shown.heads).toBe(model.config.nLayer * model.config.nHead);
    expect(shown.seen).toBe(shown.tokens);
    expect(shown.ahead).toBe(0);
    expect(shown.pairs).toHaveLength((model.config.nLayer * model.config.nHead * (model.config.nHead - 1)) / 2);
    expect(Math.min(...shown.pairs)).toBeGreaterThan(0.1);
    expect(Math.max(...shown.pairs)).toBeLessThanOrEqual(1);
  });

  it("the weights of two heads are far apart, and each row of them is a whole", () => {
    const [one, two] = attentionRows(model, tokenizer.encode("The captain saw the whale"));
    const apart = one.weights.map((row, i) => Math.max(...row.map((w, j) => Math.abs(w - two.weights[i][j]))));
    expect(Math.max(...apart)).toBeGreaterThan(0.1);
    for (const row of one.weights) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
  });
});

describe("A3, positions bring in the order", () => {
  const shown = notebook.claimed<{ changes: Record<string, number>; oneLayer: number; twoLayers: number }>("A3");

  it("without them shuffled tokens give shuffled results up to rounding; with any kind of them others", () => {
    const { "no positions": none, ...kinds } = shown.changes;
    expect(none).toBeLessThan(1e-4);
    expect(Object.keys(kinds)).toEqual(["learned", "sinusoidal", "rotary"]);
    for (const change of Object.values(kinds)) expect(change).toBeGreaterThan(0.1);
  });

  it("a causal mask alone tells order from the second layer on", () => {
    expect(shown.oneLayer).toBeLessThan(1e-4);
    expect(shown.twoLayers).toBeGreaterThan(1e-2);
  });

  it("a block of other sizes does the same, and with a mask it does not", () => {
    const apart = (isCausal: boolean) => {
      const options = { rng: new Generator(1), std: 0.3 };
      const [mix, feed] = [new MultiHeadAttention(8, 2, { ...options, isCausal }), new FeedForward(8, 16, options)];
      const norm = new LayerNorm(8);
      const read = (x: Tensor<[1, 3, 8]>) => {
        const mixed = add(x, mix.forward(norm.forward(x)));
        return add(mixed, feed.forward(norm.forward(mixed)));
      };
      const turned = (x: Tensor) => tensor([[...(x.toArray() as number[][][])[0]].reverse()]) as Tensor<[1, 3, 8]>;
      const x = randn([1, 3, 8], new Generator(2));
      const [a, b] = noGrad(() => [read(turned(x)), turned(read(x))].map((y) => [...y.toTypedArray()]));
      return Math.max(...a.map((value, i) => Math.abs(value - b[i])));
    };
    expect(apart(false)).toBeLessThan(1e-5);
    expect(apart(true)).toBeGreaterThan(0.01);
  });
});

it("A8: one changed token changes all later ones through attention, and itself alone through the feed-forward layer", () => {
  const { tokens } = notebook.claimed<{ tokens: number }>("A2");
  const shown = notebook.claimed<Record<"byAttention" | "byFeedForward", number[]> & { changedAt: number }>("A8");
  expect(shown.byFeedForward).toEqual([shown.changedAt]);
  expect(shown.byAttention).toEqual(Array.from({ length: tokens }, (_, t) => t).slice(shown.changedAt));
});

it("A1: embeddings, attention and norms of both are equally large, and most of the dense model is feed-forward", () => {
  const shown = notebook.claimed<{ equal: string[]; share: number }>("A1");
  expect(shown.equal).toEqual(["embeddings", "attention", "norms"]);
  const feedForward = parameterRows(model).find(({ component }) => component === "feed-forward")!.total;
  expect(shown.share).toBeCloseTo(feedForward / totals(model), 6);
});

describe("A4, norms and residuals", () => {
  const recorded = JSON.parse(readFileSync(new URL("../../assets/labs/ablation.json", import.meta.url), "utf8")) as {
    rows: AblationLine[];
  };

  it("without both, next to nothing of the gradient reaches the first of eight blocks", () => {
    const { arrives } = notebook.claimed<{ arrives: Record<string, number> }>("A4");
    expect(arrives.neither).toBeLessThan(1e-6);
    for (const one of ["whole", "no norms", "no residual"]) expect(arrives[one], one).toBeGreaterThan(0.1);
    const chart = (notebook.figures("lines") as Record<string, { start: { y: number }; end: { y: number } }>[])[0];
    for (const [one, { start, end }] of Object.entries(chart)) expect(start.y / end.y).toBeCloseTo(arrives[one], 6);
  });

  it("the table has the means of the recorded rows", () => {
    const tables = notebook.figures("table") as Record<string, unknown>[][];
    const means = tables.find(([row]) => "mean loss" in row)!;
    for (const { model: name, "mean loss": shown } of means) {
      const own = recorded.rows.filter((row) => row.model === name).map(({ valLoss }) => valLoss);
      expect(shown).toBeCloseTo(own.reduce((a, b) => a + b, 0) / own.length, 6);
    }
    expect(means.map(({ model: name }) => name)).toHaveLength(new Set(recorded.rows.map((row) => row.model)).size);
    expect(ablationFindings(recorded.rows).filter(({ holds }) => !holds)).toEqual([]);
  });

  it("who sees one letter alone stays above the best that is possible so, and learns to reach it", () => {
    const [, best] = /from one letter alone: ([\d.]+)/.exec(notebook.printed)!;
    const [, here] = /no attention\s+([\d.]+)/.exec(notebook.printed)!;
    expect(Number(here)).toBeGreaterThan(Number(best) - 0.02); // of a sample
    const losses = recorded.rows.filter((row) => row.model === "no attention").map(({ valLoss }) => valLoss);
    for (const loss of losses) expect(loss).toBeCloseTo(Number(best), 2);
  });

  it("the best losses are those of guessing by counts", () => {
    const { train, tokenizer } = copyTask({ seed: 1 });
    const counts = new Map<string, number>();
    const signs = tokenizer.decode([...train]);
    for (let i = 1; i < signs.length; i++) {
      const pair = signs.slice(i - 1, i + 1);
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    const before = (sign: string) => [...counts].reduce((sum, [pair, n]) => sum + (pair.startsWith(sign) ? n : 0), 0);
    const loss =
      [...counts].reduce((sum, [pair, n]) => sum - n * Math.log(n / before(pair[0])), 0) / (signs.length - 1);
    expect(Number(/from one letter alone: ([\d.]+)/.exec(notebook.printed)![1])).toBeCloseTo(loss, 1);
  });

  it("names the models whose range of seeds overlaps with that of the whole", () => {
    const range = (name: string) => {
      const losses = recorded.rows.filter((row) => row.model === name).map(({ valLoss }) => valLoss);
      return [Math.min(...losses), Math.max(...losses)];
    };
    const [low, high] = range("whole");
    const near = [...new Set(recorded.rows.map((row) => row.model))].filter(
      (name) => range(name)[0] < high && range(name)[1] > low,
    );
    const [, named] = /ranges that overlap: (.*)/.exec(notebook.printed)!;
    expect(named.split(", ").sort()).toEqual(near.sort());
  });
});

describe("A5, in parallel", () => {
  const shown = notebook.claimed<Record<"attention" | "RNN" | "LSTM", number[]>>("A5");

  it("the chain of attention has one length, those of RNN and LSTM grow with every token by as much", () => {
    expect(new Set(shown.attention).size).toBe(1);
    for (const chain of [shown.RNN, shown.LSTM]) {
      const perToken = chain.slice(1).map((length, i) => (length - chain[i]) / (16 * 2 ** i));
      expect(new Set(perToken).size).toBe(1);
      expect(perToken[0]).toBeGreaterThanOrEqual(3);
    }
  });

  it("as in a graph of 10 tokens", () => {
    const rng = new Generator(1);
    const chain = (y: Tensor) => {
      const depth: number[] = [];
      for (const { inputs } of graph(sum(y))) depth.push(1 + Math.max(0, ...inputs.map((i) => depth[i])));
      return depth.at(-1);
    };
    const x = randn([1, 10, 64], rng);
    expect(chain(new MultiHeadAttention(64, 4, { rng, isCausal: true }).forward(x) as Tensor)).toBe(shown.attention[0]);
    const line = (from: number[], tokens: number) => from[0] + ((tokens - 16) * (from[1] - from[0])) / 16;
    expect(chain(new RNN(64, 64, { rng }).forward(x).y)).toBe(line(shown.RNN, 10));
    expect(chain(new LSTM(64, 64, { rng }).forward(x).y)).toBe(line(shown.LSTM, 10));
  });
});

it("its exercises are there, and wait for an answer", () => {
  const asked = [...notebook.html.matchAll(/data-check="([^"]*)" data-state="(\w+)"/g)];
  expect(asked.map(([, name]) => name)).toEqual(["shares of one token", "scores of attention"]);
  for (const [, name, state] of asked) {
    expect(exercises).toHaveProperty([name]);
    expect(state).toBe("open");
  }
});
