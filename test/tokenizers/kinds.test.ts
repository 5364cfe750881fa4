/** Against Hugging Face's own library: test/golden/python/tokenizers_of_kinds.py. */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { loadTokenizer } from "../../lib/tokenizers/index.js";

export interface Encoded {
  text: string;
  ids: number[];
  withSpecial: number[];
  /** Of all ids, all but the first, all but the last, and every other one. */
  decoded: string[];
  withoutSpecial: string;
}

const root = path.join(import.meta.dirname, "../golden/data/tokenizers");
const kinds = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const encodings = (kind: string) =>
  JSON.parse(readFileSync(path.join(root, kind, "encodings.json"), "utf8")) as Encoded[];

it("compares every kind that is read", () => {
  expect(kinds.length).toBeGreaterThanOrEqual(12);
});

describe.each(kinds.map(({ name }) => name))("a tokenizer of the kind %s", (kind) => {
  it.each(encodings(kind))(
    "has the ids and the text of $text",
    async ({ text, ids, withSpecial, decoded, withoutSpecial }) => {
      const tokenizer = await loadTokenizer(path.join(root, kind));
      expect([...tokenizer.encode(text, { specialTokens: false })]).toEqual(ids);
      expect([...tokenizer.encode(text)]).toEqual(withSpecial);
      const parts = [ids, ids.slice(1), ids.slice(0, -1), ids.filter((_, i) => i % 2 === 1)];
      expect(parts.map((part) => tokenizer.decode(part))).toEqual(decoded);
      expect(tokenizer.decode(withSpecial, { specialTokens: false })).toBe(withoutSpecial);
    },
  );
});
