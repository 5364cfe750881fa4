/** A model that transformers made and saved (test/golden/python/pretrained.py), loaded here. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generateIds, loadPretrained, pretrainedFiles } from "../../lib/models/pretrained/index.js";
import { Checkpoint, loadSafetensors } from "../../lib/nn/index.js";
import { compare, tolerances } from "../golden/compare.js";
import { numbersIn } from "../golden/data.js";
import { runModel } from "../golden/models.js";
import { int32 } from "../golden/pretrained/outputs.js";
import type { Outcome } from "../golden/report.js";

/** Everything that `npm run golden` compares, the text that follows on prompts with padding in front, and the tensors that it is saved
 *  as again. */
export async function checkFamily(directory: string, name: string): Promise<Outcome & { sharded: boolean }> {
  const [outcome] = await runModel(directory, name);
  const folder = join(directory, name);
  const sharded = readdirSync(folder).includes("model.safetensors.index.json");
  if (!outcome.ok) return Object.assign(outcome, { sharded });
  const pretrained = await loadPretrained(folder);
  const checkpoint = await Checkpoint.open(folder);
  const { state } = loadSafetensors(pretrainedFiles(pretrained)["model.safetensors"]);
  const names = [...checkpoint.tensors.keys()].sort();
  if (String(Object.keys(state).sort()) !== String(names)) outcome.fail("it is saved under other names");
  for (const tensor of names)
    outcome.add(compare(`saved ${tensor}`, state[tensor], await checkpoint.read(tensor), tolerances.exact));
  const padded = join(folder, "padded.safetensors");
  if (existsSync(padded)) {
    const { prompt_ids: prompt, attention_mask: mask, generated_ids: expected } = loadSafetensors(readFileSync(padded)).state; // prettier-ignore
    for (const cache of [true, false]) {
      const tokens = expected.shape[1] - prompt.shape[1];
      const actual = numbersIn(generateIds(pretrained.model, int32(prompt), { mask: int32(mask), tokens, cache }));
      outcome.add(compare(`text after padding, cache ${cache}`, actual, expected, tolerances.exact));
    }
  }
  return Object.assign(outcome, { sharded });
}
