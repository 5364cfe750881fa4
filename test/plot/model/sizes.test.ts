import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { account, partRows } from "../../../lib/account/index.js";
import { type Figure, icicle, type SizeRow, treemap } from "../../../lib/plot/index.js";
import { inWords, percent } from "../../../lib/text/numbers.js";
import { geometry, read } from "../read.js";

const shape = { vocab_size: 32000, hidden_size: 4096, intermediate_size: 14336, num_hidden_layers: 32 };
const heads = { num_attention_heads: 32, num_key_value_heads: 8, num_local_experts: 8, num_experts_per_tok: 2 };
const mixtral = partRows(account({ model_type: "mixtral", ...shape, ...heads }));

interface Drawn {
  readonly path: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The boxes with a name, and the lit parts that lie over pale ones. */
function boxes(figure: Figure): { named: Drawn[]; lit: Drawn[] } {
  const all = read(figure)
    .all(".cells rect")
    .map((rect) => {
      const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
      return { path: rect.querySelector("title")?.textContent ?? "", x, y, width, height };
    });
  return { named: all.filter(({ path }) => path), lit: all.filter(({ path }) => !path) };
}

const name = fc.constantFrom("attention", "experts", "mlp", "norm", "embed");
const row = fc.record({
  path: fc.array(name, { minLength: 1, maxLength: 3 }),
  total: fc.integer({ min: 1, max: 1000 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});
/** Leaves alone: none of them is part of another. */
const rows = fc
  .uniqueArray(row, { minLength: 1, maxLength: 12, selector: ({ path }) => path.join(".") })
  .map((all) =>
    all.filter(
      ({ path }) => !all.some((one) => one.path.length > path.length && path.every((part, i) => part === one.path[i])),
    ),
  )
  .map((all) => all.map(({ path, total, share }) => ({ path, total, active: Math.round(total * share) })));

describe.each([
  ["treemap", treemap],
  ["icicle", icicle],
])("%s", (_name, draw) => {
  test("says how many parameters there are and how many work, by what they are for", () => {
    fc.assert(
      fc.property(rows, (all) => {
        const total = all.reduce((sum, one) => sum + one.total, 0);
        const active = all.reduce((sum, one) => sum + one.active, 0);
        const { facts, description } = draw(all) as {
          facts: { groups: Record<string, { total: number }> };
          description: string;
        };
        expect(facts).toMatchObject({ total, active });
        expect(Object.values(facts.groups).reduce((sum, one) => sum + one.total, 0)).toBe(total);
        expect(description).toContain(
          active < total
            ? `${percent(active / total)} of ${inWords(total)} parameters work on a token`
            : `${inWords(total)} parameters`,
        );
        for (const [group, one] of Object.entries(facts.groups))
          expect(description).toContain(`${group} ${inWords(one.total)}`);
      }),
    );
  });

  test("gathers layers and experts that are alike, and lights the part of them that works", () => {
    const experts = [0, 1].flatMap((layer) =>
      Array.from({ length: 256 }, (_, e) => ({
        path: `layers.${layer}.experts.${e}`,
        total: 10,
        active: e < 8 ? 10 : 0,
      })),
    );
    const { named, lit } = boxes(draw([...experts, { path: "embed", total: 1000 }]));
    const box = named.find(({ path }) => path.startsWith("layers.0–1.experts.0–255: "))!;
    expect(box.path).toBe("layers.0–1.experts.0–255: 5,120 parameters, 160 active");
    const own = lit.find(({ x, y }) => x === box.x && y === box.y)!;
    expect(own.width / box.width).toBeCloseTo(160 / 5120, 2);
    expect(own.height).toBe(box.height);
  });

  test("takes rows of an account as they are", () => {
    expect(draw(mixtral).description).toBe(
      "27.6 % of 46.7 billion parameters work on a token. experts 45.1 billion, 11.3 billion active; attention 1.34 billion; " +
        "embeddings 262 million; router 1.05 million; norms and others 266 thousand.",
    );
  });

  test("draws what is small together, and says how much that is", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      path: `group ${i % 3}x.${(i * 7919) % 10_000}x`,
      total: 1,
    }));
    const figure = draw(many, { width: 340 });
    expect(read(figure).texts.join(" ")).toContain("10,000 parts of less than 0.2 %");
    expect(boxes(figure).named.length).toBeLessThan(10);
    expect(figure.html().length).toBeLessThan(60_000);
    const alone = [
      { path: "large", total: 1e6 },
      { path: "tiny", total: 1 },
    ];
    expect(boxes(draw(alone)).named.map(({ path }) => path)).toContain("tiny: 1 parameters");
  });

  test.each([340, 680, 1280])("stays within %d pixels, and boxes of one column do not overlap", (width) => {
    const others = [[], [{ path: "a", total: 0 }], [{ path: "漢字".repeat(100), total: 3 }]];
    for (const data of [mixtral, ...others]) {
      const figure = draw(data as readonly SizeRow[], { width });
      expect(geometry(figure)).not.toMatch(/NaN|Infinity|(?:width|height)="-/);
      for (const box of boxes(figure).named) {
        expect(box.x + box.width).toBeLessThanOrEqual(width);
        expect(box.y + box.height).toBeLessThanOrEqual(figure.height);
      }
    }
  });

  test("refuses what cannot be", () => {
    expect(() => draw([{ path: "a", total: 1, active: 2 }])).toThrow(
      "needs 'active' to be no more than 'total', row 0 has 2 of 1",
    );
    expect(() => draw([{ path: "a", total: NaN }])).toThrow("a number from 0 as 'total'");
    expect(() => draw([{ total: 1 }])).toThrow("row 0 has neither");
    expect(() => draw([], { least: 2 })).toThrow("a least share from 0.0001 to 1, got 2");
  });
});

test("the areas of a treemap are as the parameters, and the heights of an icicle", () => {
  const all = [
    { path: "a", total: 100 },
    { path: "b", total: 300 },
    { path: "c", total: 600 },
  ];
  const sizes = (figure: Figure, of: (box: Drawn) => number) =>
    boxes(figure)
      .named.filter(({ path }) => !path.startsWith("model"))
      .map((box) => [Number(/([\d,]+) parameters/.exec(box.path)![1]), of(box)]);
  const areas = sizes(treemap(all), ({ width, height }) => (width + 1) * (height + 1)).map(
    ([total, area]) => area / total,
  );
  expect(Math.max(...areas) / Math.min(...areas)).toBeCloseTo(1, 3);
  const heights = sizes(icicle(all), ({ height }) => height + 1).map(([total, high]) => high / total);
  expect(Math.max(...heights) / Math.min(...heights)).toBeCloseTo(1, 3);
});
