/** `models/NAME/`: tiny checkpoints in Hugging Face form with exact numerics, one case a model. */

import { attempt, NotThere, type Outcome } from "./report.js";

/** Families of the contract, by `model_type`; a later step of the project loads their checkpoints. */
const families = ["gpt2", "llama", "mixtral", "qwen2_moe", "qwen3", "qwen3_moe", "olmoe", "deepseek_v3", "gpt_oss"];

export function runModel(file: string, config: unknown): Outcome[] {
  return [
    attempt(file, "model", () => {
      const { model_type: family } = config as { model_type?: unknown };
      if (typeof family !== "string") throw new Error("its config.json has no model_type");
      throw new NotThere(
        families.includes(family)
          ? `the library reads no Hugging Face checkpoints of the family ${family} yet`
          : `the library knows no model family ${family}`,
      );
    }),
  ];
}
