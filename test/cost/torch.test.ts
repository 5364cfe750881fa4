import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { account, type Account } from "../../lib/account/index.js";
import { flops } from "../../lib/cost/index.js";

interface Row {
  config: Record<string, unknown> & { model_type: string };
  /** Of one text. */
  tokens: number;
  /** What torch counts as transformers' class reads it, without rotary positions. */
  flops: number;
}
const file = path.resolve(import.meta.dirname, "../golden/cost/flops.json");
const all = JSON.parse(readFileSync(file, "utf8")) as { rows: Row[] };
// The tokens of an image are its patches and one that is no patch.
const rows = all.rows.filter(({ config }) => config.model_type !== "vit");

/** Where transformers computes more than is needed, and so more than we count, and why. */
const MORE: Readonly<Record<string, string>> = {
  bailing_hybrid: "linear attention in chunks of 64 tokens",
  bamba: "Mamba 2 in chunks of 256 tokens",
  deepseek_v4: "windows and entries over padded texts, and residual streams that are mixed as matrices",
  diffllama: "the scores once for each half of the values",
  falcon_h1: "Mamba 2 in chunks",
  gemma3n_text: "AltUp's mixing of residuals as a matrix product",
  granitemoehybrid: "Mamba 2 in chunks",
  inkling_text: "convolutions over the padding, too",
  kimi_linear: "linear attention in chunks",
  lfm2: "convolutions over the padding, too",
  lfm2_moe: "convolutions over the padding, too",
  llama4_text: "all experts for every token",
  mamba2: "Mamba 2 in chunks",
  minimax: "linear attention in chunks",
  nemotron_h: "Mamba 2 in chunks",
  "nllb-moe": "all experts for every token",
  phimoe: "two experts, whatever the config says",
  qwen3_5_moe_text: "linear attention in chunks",
  qwen3_5_text: "linear attention in chunks",
  qwen3_next: "linear attention in chunks",
  zamba2: "Mamba 2 in chunks",
  zaya: "convolutions over the padding, too",
};
/** What writes the state is no matrix product there, and not counted. */
const LESS = ["falcon_mamba", "jamba", "mamba", "recurrent_gemma"];

/** Rotary positions turn pairs of numbers: with heads of an odd size, transformers' heads become one number longer. */
const isOdd = ({ letters }: Account): boolean =>
  letters.some(({ letter, value }) => letter === "K" && value % 2n === 1n);

const options = { phase: "prefill", mask: "square", head: "all", latent: "expanded" } as const;
const stateOf = (counted: Account, context: number): number =>
  flops(counted, { ...options, context }).rows.find(({ component }) => component === "state")?.flops ?? 0;

describe("as many FLOPs as torch counts", () => {
  it.each([...new Set(rows.map(({ config }) => config.model_type))])("%s", (type) => {
    for (const { config, tokens, flops: expected } of rows.filter((row) => row.config.model_type === type)) {
      const counted = account(config);
      const own = flops(counted, { ...options, context: tokens }).total;
      const said = JSON.stringify(config);
      if (isOdd(counted)) continue;
      if (type in MORE) expect(expected, said).toBeGreaterThanOrEqual(own - stateOf(counted, tokens));
      else if (LESS.includes(type)) {
        // One product of two; and the convolution pads.
        const half = own - stateOf(counted, tokens) / 2;
        expect(Math.abs(expected - half), said).toBeLessThan(0.02 * expected);
      } else expect(own, said).toBe(expected);
    }
  });

  it("of most types", () => {
    const types = new Set(rows.map(({ config }) => config.model_type));
    expect(types.size).toBeGreaterThan(130);
    expect(Object.keys(MORE).length + LESS.length).toBeLessThan(0.2 * types.size);
  });
});
