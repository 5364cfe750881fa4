import { execFile } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { file } from "../../nn/checkpoint/files.js";

const MB = 1e6;
const folder = mkdtempSync(join(tmpdir(), "twinformer-"));
const script = join(folder, "loadOne.mjs");
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const packed = await rolldown({ input: fileURLToPath(new URL("loadOne.ts", import.meta.url)), platform: "node" });
  await packed.write({ dir: folder, entryFileNames: "loadOne.mjs" });
});

/** Of some 45 million parameters: the embedding has 8 million, the experts of one layer 9 million. */
const [V, D, F, L, E] = [16_384, 512, 768, 3, 8];
const config = { model_type: "mixtral", vocab_size: V, hidden_size: D, intermediate_size: F, num_hidden_layers: L, num_local_experts: E, num_attention_heads: 8, num_key_value_heads: 8, tie_word_embeddings: true }; // prettier-ignore

function shapes(): [string, number[]][] {
  const layers = Array.from({ length: L }, (_, i) => `model.layers.${i}.`);
  return [
    ["model.embed_tokens.weight", [V, D]],
    ["model.norm.weight", [D]],
    ...layers.flatMap((at): [string, number[]][] => [
      ...["q", "k", "v", "o"].map((name): [string, number[]] => [`${at}self_attn.${name}_proj.weight`, [D, D]]),
      [`${at}input_layernorm.weight`, [D]],
      [`${at}post_attention_layernorm.weight`, [D]],
      [`${at}block_sparse_moe.gate.weight`, [E, D]],
      ...Array.from({ length: E }, (_, e) => `${at}block_sparse_moe.experts.${e}.`).flatMap(
        (expert): [string, number[]][] => [
          [`${expert}w1.weight`, [F, D]],
          [`${expert}w2.weight`, [D, F]],
          [`${expert}w3.weight`, [F, D]],
        ],
      ),
    ]),
  ];
}

test(
  "loading takes the memory of the model, of its largest tensor, and little more",
  { timeout: 600_000 },
  async () => {
    let [end, largest] = [0, 0];
    const header = Object.fromEntries(
      shapes().map(([name, shape]) => {
        const bytes = 2 * shape.reduce((a, b) => a * b, 1);
        largest = Math.max(largest, 2 * bytes);
        return [name, { dtype: "BF16", shape, data_offsets: [end, (end += bytes)] }];
      }),
    );
    const path = join(folder, "model.safetensors");
    const start = file(header);
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    writeFileSync(path, start);
    truncateSync(path, start.length + end); // zeros that take no room on disk
    const handle = openSync(path, "r+");
    writeSync(handle, Uint8Array.of(0x80, 0x3f), 0, 2, start.length + end - 2); // and a one
    closeSync(handle);
    const { stdout } = await promisify(execFile)(process.execPath, [script, folder]);
    const { parameters, sum, peak } = JSON.parse(stdout) as Record<"parameters" | "sum" | "peak", number>;
    const model = 4 * parameters;
    console.log(`${(peak / MB).toFixed(0)} MB for a model of ${(model / MB).toFixed(0)} MB`);
    expect([model, sum]).toEqual([2 * end, 1]);
    expect(peak).toBeGreaterThan(model / 2); // it is measured at all
    expect(peak).toBeLessThan(model + largest + 90 * MB);
  },
);
