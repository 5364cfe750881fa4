import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { account, partRows } from "../../../lib/account/index.js";
import { modules } from "../../../lib/plot/index.js";
import { inWords } from "../../../lib/text/numbers.js";
import { read } from "../read.js";

const lines = (figure: ReturnType<typeof modules>) =>
  read(figure)
    .all(".module")
    .map((line) => Array.from(line.querySelectorAll("text"), (text) => text.textContent).join(" "));
const mixtral = { model_type: "mixtral", vocab_size: 32000, hidden_size: 4096, intermediate_size: 14336 };
const layers = { num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8 };
const rows = partRows(account({ ...mixtral, ...layers, num_local_experts: 8, num_experts_per_tok: 2 }));

describe("modules", () => {
  test("has a line a part, indented below the one it belongs to", () => {
    const figure = modules([
      { name: "net", depth: 0, kind: "Net", parameters: 100 },
      { name: "attention", depth: 1, kind: "Attention", parameters: 30 },
      { name: "query", depth: 2, kind: "Linear", shape: "weight [5, 6]", parameters: 30 },
      { name: "mlp", depth: 1, kind: "MLP", parameters: 70 },
    ]);
    expect(lines(figure)).toEqual(["netNet 100", "attentionAttention 30", "queryLinearweight [5, 6] 30", "mlpMLP 70"]);
    const starts = read(figure)
      .all(".module")
      .map((line) => Number(line.querySelector("text")!.getAttribute("x")));
    expect(starts).toEqual([4, 18, 32, 18]);
    expect(figure.description).toBe("100 parameters, 70 % of them in feed-forward. attention 30, mlp 70.");
  });

  test("reads paths and depths alike, and rows of an account as they are", () => {
    const byDepth = [
      { name: "model", depth: 0, parameters: 9 },
      { name: "a", depth: 1, parameters: 4 },
      { name: "b", depth: 2, parameters: 4 },
    ];
    const byPath = [
      { path: "", parameters: 9 },
      { path: ["a"], parameters: 4 },
      { path: "a.b", parameters: 4 },
    ];
    expect(modules(byPath).svg()).toBe(modules(byDepth).svg());
    const figure = modules(rows, { parameters: "total" });
    expect(figure.description).toContain("46.7 billion parameters, 96.6 % of them in experts");
    expect(lines(figure)).toHaveLength(rows.length);
  });

  test("gathers layers and experts that are alike in one line, however many", () => {
    const all = [0, 1, 2].flatMap((layer) => [
      { path: `layers.${layer}.norm`, parameters: 2 },
      ...Array.from({ length: 256 }, (_, e) => ({ path: `layers.${layer}.experts.${e}`, parameters: 3 })),
    ]);
    const figure = modules(all);
    const sum = 3 * (2 + 256 * 3);
    expect(lines(figure)).toEqual([
      `layers ${sum.toLocaleString("en")}`,
      "0–2 2,310",
      "norm 6",
      "experts 2,304",
      "0–255 2,304",
    ]);
    expect(figure.description).toContain(`${inWords(sum)} parameters`);
    const odd = all.map((row, i) => (i === 5 ? { ...row, parameters: 4 } : row));
    expect(lines(modules(odd)).join()).toContain("0–3 12,4 4,5–255 753");
  });

  test("leaves out what is deeper than there is room for, and says how much", () => {
    const name = fc.constantFrom("a", "b", "c", "norm", "experts.0", "experts.1");
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("."));
    fc.assert(
      fc.property(
        fc.uniqueArray(path, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 2, max: 20 }),
        (paths, most) => {
          const leaves = paths.filter((one) => !paths.some((other) => other.startsWith(`${one}.`)));
          const figure = modules(
            leaves.map((one, i) => ({ path: one, parameters: i + 1 })),
            { most },
          );
          expect(lines(figure).length).toBeLessThanOrEqual(most);
          const { parameters, parts } = figure.facts as { parameters: number; parts: number };
          expect(parameters).toBe((leaves.length * (leaves.length + 1)) / 2);
          const missing = Number(/([\d,]+) parts? deeper/.exec(figure.svg())?.[1] ?? 0);
          if (!figure.svg().includes("others<")) expect(lines(figure).length + missing).toBeLessThanOrEqual(parts);
        },
      ),
    );
  });

  test("shows of 10,000 parts the first ones and the sum of the others, in little", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ path: `part ${(i * 7919) % 10_000}x`, parameters: 1 }));
    const figure = modules(many, { width: 340 });
    expect(lines(figure)).toHaveLength(48);
    expect(lines(figure).at(-1)).toBe("and 9,954 others 9,954");
    expect(figure.html().length).toBeLessThan(300_000);
  });

  test("refuses a part that is less than its parts, and rows without a place", () => {
    expect(() =>
      modules([
        { path: "a", parameters: 3 },
        { path: "a.b", parameters: 4 },
      ]),
    ).toThrow("modules needs a part to be no less than its own parts, row 0 has 3 and below it 4");
    expect(() => modules([{ parameters: 3 }])).toThrow("'path', or with a 'name' and a 'depth', row 0 has neither");
    const again = { path: "a", parameters: 3 };
    expect(() => modules([again, again])).toThrow('one row a part, row 1 has "a" again');
    expect(modules([]).description).toBe("No modules yet.");
  });
});
