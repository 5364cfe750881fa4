import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { claimIds } from "../../lib/notebook/claims/ledger.js";
import { breaks } from "../../scripts/mutate/claims/list.js";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** Claims of notebooks that are still to come, or whose numbers are recorded ones. */
const later: string[] = [];

test("every claim of the ledger has something to break", () => {
  expect(breaks.map(({ claim }) => claim)).toEqual(claimIds.filter((id) => !later.includes(id)));
});

describe.each(breaks)("$claim: $breaks", ({ claim, notebook, edits }) => {
  test("its notebook makes the claim, and its words are in the file, once", () => {
    expect(read(`notebooks/${notebook}.ipynb`)).toContain(`claim(\\"${claim}\\"`);
    for (const { file, text, by } of edits) {
      expect(read(file).split(text)).toHaveLength(2);
      expect(by).not.toBe(text);
    }
  });
});
