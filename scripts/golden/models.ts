/** `models/NAME/`: tiny checkpoints in Hugging Face form with exact numerics, one case a model. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadPretrained } from "../../lib/models/pretrained/index.js";
import { families } from "../../lib/models/pretrained/families/index.js";
import { Checkpoint, loadSafetensors } from "../../lib/nn/index.js";
import { noGrad } from "../../lib/tensor/index.js";
import { compare, type Numbers, type Tolerance, tolerances } from "./compare.js";
import { readJson } from "./data.js";
import { flopDifferences } from "./pretrained/flops.js";
import { gradientsOf } from "./pretrained/gradients.js";
import { generated } from "./pretrained/generation.js";
import { outputsOf } from "./pretrained/outputs.js";
import { attemptAsync, NotThere, type Outcome } from "./report.js";

type Tensors = Readonly<Record<string, Numbers>>;

/** What is an integer is compared exactly. */
const EXACT = /selected_experts$|_ids$/;

export async function runModel(directory: string, folder: string): Promise<Outcome[]> {
  const run = (outcome: Outcome): Promise<void> => runCase(join(directory, folder), outcome);
  return [await attemptAsync(`${folder}/config.json`, "model", run)];
}

async function runCase(path: string, outcome: Outcome): Promise<void> {
  const { model_type: family } = readJson<{ model_type?: unknown }>(join(path, "config.json"));
  if (typeof family !== "string") throw new Error("its config.json has no model_type");
  if (!Object.hasOwn(families, family)) throw new NotThere(`the library knows no model family ${family}`);
  const tensorsOf = (name: string): Tensors | null => {
    const file = join(path, `${name}.safetensors`);
    return existsSync(file) ? loadSafetensors(readFileSync(file)).state : null;
  };
  for (const difference of flopDifferences(path)) outcome.add(difference);
  const pretrained = await loadPretrained(path);
  const check = (file: string, expected: Tensors, actual: Tensors, tolerance: Tolerance): void => {
    for (const [name, numbers] of Object.entries(expected)) {
      const value = actual[name];
      if (!value) outcome.fail(`the library's models have no output ${file} ${name}`);
      else outcome.add(compare(`${file} ${name}`, value, numbers, EXACT.test(name) ? tolerances.exact : tolerance));
    }
  };
  const { input_ids: ids, labels, attention_mask: mask, compared, ...outputs } = tensorsOf("outputs") ?? {};
  if (!ids || !labels) throw new Error("its outputs.safetensors has no input_ids or labels");
  const given = { ids, labels, mask: mask ?? null };
  const actual = noGrad(() => outputsOf(pretrained, given));
  const seen = (all: Tensors): Tensors => (compared ? onlyRows(all, compared) : all);
  check("outputs", seen(outputs), seen(actual), tolerances.modelOutput);
  const { tensors } = await Checkpoint.open(path);
  const weights = Object.fromEntries(Array.from(tensors, ([name, { shape }]) => [name, { shape, data: [] }]));
  for (const [file, loss] of [
    ["grads", "total"],
    ["grads_ce_only", "crossEntropy"],
  ] as const) {
    const expected = tensorsOf(file);
    if (!expected) continue;
    const gradients = gradientsOf(pretrained, given, loss, expected, weights);
    check(file, gradients.wanted, gradients.actual, tolerances.modelGradient);
  }
  const { prompt_ids: prompt, ...steps } = tensorsOf("generation") ?? {};
  if (prompt) check("generation", steps, generated(pretrained.model, prompt, steps), tolerances.modelOutput);
}

/** Zeros in place of the rows of tokens that are not compared. @param compared [B, T] */
function onlyRows(all: Tensors, compared: Numbers): Tensors {
  const n = compared.data.length;
  const cut = ({ shape, data }: Numbers): Numbers => {
    const isOfTokens = shape[0] === n || (shape[0] === compared.shape[0] && shape[1] === compared.shape[1]);
    if (!isOfTokens) return { shape, data };
    return { shape, data: Array.from(data, (x, i) => (compared.data[Math.floor((i * n) / data.length)] ? x : 0)) };
  };
  return Object.fromEntries(Object.entries(all).map(([name, numbers]) => [name, cut(numbers)]));
}
