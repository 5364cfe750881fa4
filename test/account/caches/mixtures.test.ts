import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { account, cacheBytes, type Config } from "../../../lib/account/index.js";

/** Numbers in transformers' real caches after so many tokens: made by mixtures.py. */
interface Caches {
  tokens: number[];
  rows: { config: Config & { model_type: string }; numbers: number[] }[];
}
const file = path.resolve(import.meta.dirname, "../../golden/caches/mixtures.json");
const { tokens, rows } = JSON.parse(readFileSync(file, "utf8")) as Caches;

it.each(rows.map((row) => [row.config.model_type, row] as const))(
  "%s keeps as many numbers as transformers, which keeps one token less than a window",
  (_, { config, numbers }) => {
    const counted = account(config);
    const windows = counted.caches.filter(({ window }) => window !== null);
    const oneToken = windows.reduce((sum, { layers, numbers: each }) => sum + Number(layers.value * each.value), 0);
    const ours = tokens.map((length) => cacheBytes(counted, { tokens: length, dtype: "float32" }) / 4 - oneToken);
    expect(ours).toEqual(numbers);
  },
);
