import { describe, expect, test } from "vitest";
import { account, formula, partRows } from "../../../lib/account/index.js";
import { formulaBox, partTable } from "../../../lib/plot/index.js";
import { sanitizers, visible } from "../../notebook/sanitizers.js";

const mixtral = account({ model_type: "mixtral" });
const box = formulaBox(await formula(mixtral), { name: "total" });
const table = partTable(partRows(mixtral));

describe("formulaBox", () => {
  test("holds the formula in letters, in numbers and evaluated, twice: LaTeX and MathML", () => {
    const html = box.html();
    expect(html).toContain("$$\\text{total} = L\\,\\left(2\\,D");
    expect(html).toContain("$$= 32\\cdot\\left(2\\cdot4{,}096");
    expect(html).toContain("$$= \\textbf{46{,}702{,}792{,}704}$$");
    expect(html.match(/<math[ >]/g)).toHaveLength(3);
    expect(html).toContain("<i>H</i><sub>kv</sub>: num_key_value_heads = 8");
    expect(box.description).toBe("total = L*(2*D + 2*D*H*K + 2*D*H_kv*K + E*D + 3*E*D*F) + 2*V*D + D = 46,702,792,704");
  });
});

describe.each(Object.entries(sanitizers))("an output that went through %s", (_place, sanitize) => {
  test("keeps the LaTeX, which MathJax typesets, and shows nothing twice", () => {
    const { words } = visible(sanitize(box.html()));
    expect(words.match(/\$\$[^$]+\$\$/g)).toHaveLength(3);
    expect(words.replace(/\$\$[^$]+\$\$/g, "").trim()).toMatch(/^V: vocab_size = 32,000 · .*num_local_experts = 8$/);
  });

  test("keeps every cell of the tree", () => {
    const cells = (html: string) => Array.from(visible(html).root.querySelectorAll("td"), (cell) => cell.textContent);
    expect(cells(sanitize(table.html()))).toEqual(cells(table.html()));
  });
});

describe("partTable", () => {
  const rows = Array.from(visible(table.html()).root.querySelectorAll("tr"), (row) =>
    Array.from(row.children, (cell) => cell.textContent),
  );

  test("has a line for each part, with shape, number, total and active", () => {
    expect(rows.find(([name]) => name.trim() === "experts")).toEqual([
      "\u2003\u2003\u2003experts",
      "× 8, 2 active",
      "",
      "176,160,768",
      "45,097,156,608",
      "11,274,289,152",
      "96.6 %",
    ]);
    expect(rows.find(([name]) => name.trim() === "q_proj.weight")?.[2]).toBe("[H·K, D] = [4096, 4096]");
  });

  test("says which tensors are saved but not counted", () => {
    const html = partTable(partRows(account({ model_type: "deepseek_v3" }))).html();
    expect(html).toMatch(/e_score_correction_bias.*?not counted/);
  });

  test("escapes names", () => {
    const [row] = partRows(mixtral);
    expect(partTable([{ ...row, name: "<b>" }]).html()).toContain("&lt;b&gt;");
  });
});
