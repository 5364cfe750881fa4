import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadSafetensors, saveSafetensors } from "../../../lib/nn/index.js";
import { families } from "../../../lib/models/pretrained/families/index.js";
import { runModel } from "../../../scripts/golden/models.js";
import { configOf, names } from "./files.js";

const data = fileURLToPath(new URL("../../golden/data", import.meta.url));

test.each(names)("%s is what transformers computes: outputs, losses, gradients, text", async (name) => {
  const [outcome] = await runModel(data, `models/${name}`);
  expect(outcome.reasons).toEqual([]);
});

test("every family is among them", () => {
  expect([...new Set(names.map((name) => configOf(name).model_type))].sort()).toEqual(Object.keys(families).sort());
});

describe("one expected number that is 1 % off makes the case fail, and is named", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "golden-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each([
    ["qwen3moe-left", "outputs", "logits"],
    ["qwen3moe-left", "outputs", "aux_loss"],
    ["qwen3moe-left", "outputs", "layers.1.router_logits"],
    ["qwen3moe-left", "outputs", "layers.1.routing_weights"],
    ["gptoss", "outputs", "hidden_states.1"],
    ["deepseekv3-yarn", "grads", "model.layers.1.mlp.gate.weight"],
    ["deepseekv3-yarn", "grads", "model.layers.0.self_attn.kv_b_proj.weight"],
    ["gpt2-left", "grads", "transformer.h.1.attn.c_attn.weight"],
    ["mixtral-top1-right", "generation", "step_logits_with_cache"],
    ["mixtral-top1-right", "generation", "step_logits_no_cache"],
  ])("%s: %s %s", async (name, file, field) => {
    cpSync(join(data, "models", name), folder, { recursive: true });
    const path = join(folder, `${file}.safetensors`);
    const { state } = loadSafetensors(readFileSync(path));
    const numbers = state[field].data;
    let largest = numbers.length - 1; // of the later half, which is no padding
    numbers.forEach((x, i) => {
      if (i >= numbers.length / 2 && Math.abs(x) > Math.abs(numbers[largest])) largest = i;
    });
    numbers[largest] *= 1.01;
    writeFileSync(path, saveSafetensors(state));
    const [{ reasons }] = await runModel(folder, ".");
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(
      file === "grads" ? /^grads blocks\.\d\..*\[\d+\] is / : `${file} ${field}[${largest}] is `,
    );
  });

  test("another chosen expert, and another token", async () => {
    cpSync(join(data, "models", "olmoe-clip"), folder, { recursive: true });
    for (const [file, field] of [
      ["outputs", "layers.0.selected_experts"],
      ["generation", "generated_ids"],
    ]) {
      const path = join(folder, `${file}.safetensors`);
      const { state } = loadSafetensors(readFileSync(path));
      state[field].data[7] += 1;
      writeFileSync(path, saveSafetensors(state));
    }
    const [{ reasons }] = await runModel(folder, ".");
    expect(reasons.map((reason) => reason.replace(/ is .*/, ""))).toEqual([
      "outputs layers.0.selected_experts[7]",
      "generation generated_ids[7]",
    ]);
  });
});
