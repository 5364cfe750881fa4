import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { executed } from "../executed.js";

/** What the badges say, by notebook. */
const verdicts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "00-twins": { A1: "holds", B2: "holds" },
  "02-transformer": { A2: "half true", A3: "half true", A8: "holds", A1: "holds", A4: "holds", A5: "holds" },
  "03-twin": { A1: "holds", A7: "holds", A6: "half true", B4: "half true", D10: "half true" },
  "04-routing": {
    B1: "holds",
    D3: "half true",
    D2: "half true",
    B2: "holds",
    B3: "holds",
    B5: "holds",
    B6: "half true",
  },
  "05-parameters": {
    ...{ C1: "holds", C2: "holds", C5: "half true", A6: "half true", C9: "holds", C10: "fails" },
    ...{ C7: "holds", C6: "half true" },
  },
  "06-imbalance": { D1: "holds", D4: "holds", D2: "half true", D7: "half true", D11: "half true", D8: "half true" },
  "07-capacity": { D5: "holds", D6: "holds", D9: "holds", D11: "half true" },
  "08-inference": { C2: "holds", C3: "half true", B6: "half true", C4: "half true", C5: "half true", C6: "half true" },
  "09-experts": { B4: "half true" },
  "10-which": { D10: "half true", D8: "half true", E1: "half true", E2: "half true" },
  "11-adapting": { C8: "half true" },
  "12-interview": { E3: "half true" },
};

describe.each(Object.entries(verdicts))("%s", (name, all) => {
  const source = readFileSync(path.resolve(import.meta.dirname, `../../../notebooks/${name}.ipynb`), "utf8");

  test.each(Object.entries(all))("says of claim %s: %s", (id, verdict) => {
    expect(executed(name).verdict(id)).toBe(verdict);
  });

  test("has no other claim, types no verdict, and shows its tables as tables", () => {
    expect([...source.matchAll(/claim\(\\"(\w+)\\"/g)].map(([, id]) => id)).toEqual(Object.keys(all));
    expect(source).not.toMatch(/verdict: (true|false|\\")/);
    expect(source).not.toContain("console.table");
  });
});

test("a claim has the same verdict in all notebooks that show it", () => {
  const said = new Map<string, Set<string>>();
  for (const all of Object.values(verdicts))
    for (const [id, verdict] of Object.entries(all)) said.set(id, (said.get(id) ?? new Set<string>()).add(verdict));
  for (const [id, all] of said) expect([...all], `claim ${id}`).toHaveLength(1);
});
