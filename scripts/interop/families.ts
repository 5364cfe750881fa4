/** A model that transformers made and saved (test/golden/python/pretrained.py), loaded here. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generateIds, loadPretrained } from "../../lib/models/pretrained/index.js";
import { loadSafetensors } from "../../lib/nn/index.js";
import { compare, tolerances } from "../golden/compare.js";
import { numbersIn } from "../golden/data.js";
import { runModel } from "../golden/models.js";
import { int32 } from "../golden/pretrained/outputs.js";
import type { Outcome } from "../golden/report.js";

/** Everything that `npm run golden` compares, and the text that follows on prompts with padding in front. */
export async function checkFamily(directory: string, name: string): Promise<Outcome & { sharded: boolean }> {
  const [outcome] = await runModel(directory, name);
  const folder = join(directory, name);
  const padded = join(folder, "padded.safetensors");
  if (existsSync(padded)) {
    const { prompt_ids: prompt, attention_mask: mask, generated_ids: expected } = loadSafetensors(readFileSync(padded)).state; // prettier-ignore
    const { model } = await loadPretrained(folder);
    for (const cache of [true, false]) {
      const tokens = expected.shape[1] - prompt.shape[1];
      const actual = numbersIn(generateIds(model, int32(prompt), { mask: int32(mask), tokens, cache }));
      outcome.add(compare(`text after padding, cache ${cache}`, actual, expected, tolerances.exact));
    }
  }
  const sharded = readdirSync(folder).includes("model.safetensors.index.json");
  return Object.assign(outcome, { sharded });
}
