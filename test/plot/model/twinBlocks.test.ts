import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { account, leaves } from "../../../lib/account/index.js";
import { parameterRows, transformer } from "../../../lib/models/index.js";
import { twinBlocks } from "../../../lib/plot/index.js";
import { inWords } from "../../../lib/text/numbers.js";
import { read } from "../read.js";

const same = [
  { component: "embedding", total: 100 },
  { component: "attention", total: 40 },
  { component: "norm", total: 3 },
];
const dense = [...same, { component: "feed-forward", total: 80 }];
const moe = [...same, { component: "router", total: 8 }, { component: "expert", total: 640, active: 160 }];
const lit = (figure: ReturnType<typeof twinBlocks>) =>
  read(figure)
    .all(".lit")
    .map((box) => Array.from(box.querySelectorAll("text"), (text) => text.textContent).join(" "));
const cells = (figure: ReturnType<typeof twinBlocks>, kind: string) =>
  (read(figure).all(`path.${kind}`)[0].getAttribute("d")!.match(/M/g) ?? []).length;

describe("twinBlocks", () => {
  test("lights the one part that differs, and of the experts those that work", () => {
    const figure = twinBlocks({ dense, moe }, { nExpert: 8, nLayer: 3 });
    expect(lit(figure)).toEqual(["feed-forward 80", "router 8 2 of 8 experts 640, 160 active"]);
    expect(cells(figure, "working")).toBe(2);
    expect(cells(figure, "resting")).toBe(6);
    expect(read(figure).texts.filter((text) => text === "× 3")).toHaveLength(2);
    expect(read(figure).texts.join(" ")).toContain("sizes: all 3 blocks together");
    expect(read(twinBlocks({ dense, moe }, { nLayer: 1 })).texts.join(" ")).not.toContain("together");
    expect(figure.description).toBe(
      "The twins differ in one part, the feed-forward layer: 80 and 648 parameters. Dense: 223 parameters; MoE: 791, " +
        "of which 311 work on a token. 2 of 8 experts work on a token.",
    );
  });

  test("lights the parts that a page is about, and says what share of both they hold", () => {
    const figure = twinBlocks({ dense, moe }, { nExpert: 8, lit: ["attention"] });
    expect(lit(figure)).toEqual(["attention 40", "attention 40"]);
    expect(figure.facts).toMatchObject({ differ: ["feedForward"], lit: ["attention"] });
    expect(figure.description).toMatch(
      /^Attention holds 17\.9 % of the dense twin's parameters and 5.06 % of the MoE's\. Dense: 223 parameters;/,
    );
    const both = twinBlocks({ dense, moe }, { lit: ["feedForward", "norm"] });
    expect(both.description).toMatch(/^The feed-forward layer and norms hold 37\.2 % .* and 82.3 % of the MoE's/);
    expect(lit(both)).toHaveLength(8); // in each twin the feed-forward layer and three norms
    expect(() => twinBlocks({ dense, moe }, { lit: ["router"] as never })).toThrow(
      'twinBlocks needs \'lit\' to be a list of "embedding", "attention", "feedForward", "norm", "head", got ["router"]',
    );
  });

  test("shows experts also where the rows of a model call them by the layer that they make up", () => {
    const model = transformer({ vocabSize: 9, blockSize: 4, nLayer: 2, nHead: 2, dModel: 8, nExpert: 4, topK: 1 });
    const figure = twinBlocks({ dense, moe: parameterRows(model) }, { nExpert: 4, topK: 1 });
    expect(figure.facts).toMatchObject({ experts: [1, 4] });
    expect([cells(figure, "working"), cells(figure, "resting")]).toEqual([1, 3]);
  });

  test("says what differs from the rows, whatever it is", () => {
    const component = fc.constantFrom("embedding", "attention", "feed-forward", "norm", "head");
    const rows = fc.array(fc.record({ component, total: fc.integer({ min: 1, max: 3 }) }), { maxLength: 8 });
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const figure = twinBlocks({ dense: a, moe: b });
        const sum = (all: typeof a, of?: string) =>
          all.filter((row) => of === undefined || row.component === of).reduce((n, row) => n + row.total, 0);
        const differ = ["embedding", "attention", "feed-forward", "norm", "head"].filter(
          (of) => sum(a, of) !== sum(b, of),
        );
        const { facts } = figure as { facts: { differ: string[]; dense: { total: number } } };
        expect(facts.differ.map((name) => name.replace("feedForward", "feed-forward"))).toEqual(differ);
        expect(figure.description).toContain(`Dense: ${inWords(sum(a))} parameters; MoE: ${inWords(sum(b))}.`);
        expect(figure.description.includes("differ in one part")).toBe(differ.length === 1);
      }),
    );
  });

  test.each([2, 8, 60, 256])(
    "draws each of %d experts, and more than 256 as a bar as long as their share",
    (nExpert) => {
      const figure = twinBlocks({ dense, moe }, { nExpert, topK: 1 });
      expect(cells(figure, "working") + cells(figure, "resting")).toBe(nExpert);
      const [resting, working] = ["resting", "working"].map((kind) =>
        Number(
          read(twinBlocks({ dense, moe }, { nExpert: 512 }))
            .all(`rect.${kind}`)[0]
            .getAttribute("width"),
        ),
      );
      expect(working / resting).toBeCloseTo(0.25, 3);
      expect(lit(twinBlocks({ dense, moe }))[1]).toContain("25 % of the experts");
    },
  );

  test("takes the parts of an account", () => {
    const shape = {
      vocab_size: 320,
      hidden_size: 64,
      intermediate_size: 128,
      num_hidden_layers: 2,
      num_attention_heads: 4,
    };
    const rowsOf = (config: object) =>
      leaves(account({ ...shape, num_key_value_heads: 4, ...config }).tree).map(({ part, total, active }) => ({
        component: part.kind ?? "other",
        total: Number(total),
        active: Number(active),
      }));
    const figure = twinBlocks({
      dense: rowsOf({ model_type: "mistral" }),
      moe: rowsOf({ model_type: "mixtral", num_local_experts: 8, num_experts_per_tok: 2 }),
    });
    expect(figure.facts).toMatchObject({ differ: ["feedForward"] });
  });

  test("refuses what cannot be", () => {
    expect(() => twinBlocks({ dense, moe: [{ component: "expert", total: 1, active: 2 }] })).toThrow(
      "twinBlocks needs 'active' to be no more than 'total', row 0 of moe has 2 of 1",
    );
    expect(() => twinBlocks({ dense } as never)).toThrow("twinBlocks with moe needs an array of rows");
    expect(() => twinBlocks({ dense, moe }, { nExpert: 2, topK: 3 })).toThrow("a topK of 2 experts or less, got 3");
  });
});
