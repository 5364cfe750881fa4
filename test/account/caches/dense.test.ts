import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { account } from "../../../lib/account/index.js";
import type { Row } from "../rows.js";

/** What one kind of layer holds in transformers' own cache: numbers for a token, the window, how many layers. */
interface Held {
  numbers: number;
  window: number | "state" | null;
  layers: number;
}
interface Measured {
  config: Row["config"];
  expected: Held[];
}
const file = path.resolve(import.meta.dirname, "../../golden/caches/dense.json");
const { rows } = JSON.parse(readFileSync(file, "utf8")) as { rows: Measured[] };

const sorted = (held: Held[]): Held[] => held.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** Layers that hold the same, counted together. */
function ours(config: Row["config"]): Held[] {
  const kinds = new Map<string, Held>();
  for (const { form, layers, numbers, window } of account(config).caches) {
    const kind = { numbers: Number(numbers.value), window: form === "state" ? "state" : window, layers: 0 } as const;
    const known = kinds.get(JSON.stringify(kind)) ?? { ...kind };
    known.layers += Number(layers.value);
    kinds.set(JSON.stringify(kind), known);
  }
  return [...kinds.values()];
}

/** Falcon's class writes a group's key and value once for each of its heads; an engine, and ours, keep them once. */
function once(config: Row["config"], held: Held[]): Held[] {
  if (config.model_type !== "falcon" || config.new_decoder_architecture !== true) return held;
  const [heads, groups] = [config.num_attention_heads, config.num_kv_heads ?? config.num_attention_heads].map(Number);
  return held.map((each) => ({ ...each, numbers: (each.numbers / heads) * groups }));
}

describe("every family's caches are those of transformers' class, measured after it ran", () => {
  const types = [...new Set(rows.map(({ config }) => config.model_type))];
  it.each(types)("%s: numbers for a token, windows and layers", (type) => {
    const own = rows.filter(({ config }) => config.model_type === type);
    for (const { config, expected } of own)
      expect(sorted(ours(config)), JSON.stringify(config)).toEqual(sorted(once(config, expected)));
  });

  it("was measured for nearly every dense family", () => {
    expect(types.length).toBeGreaterThan(45);
  });
});
