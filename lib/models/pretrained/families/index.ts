/** All families, by `model_type` of a config.json. */

import type { Family } from "./family.js";
import { deepseekV3 } from "./deepseekV3.js";
import { gpt2 } from "./gpt2.js";
import { gptOss } from "./gptOss.js";
import { llama, mistral, qwen2, qwen3 } from "./llama.js";
import { mixtral } from "./mixtral.js";
import { olmoe, qwen2Moe, qwen3Moe } from "./qwenMoe.js";

export const families: Readonly<Record<string, Family>> = {
  gpt2,
  llama,
  mistral,
  qwen2,
  qwen3,
  mixtral,
  qwen2_moe: qwen2Moe,
  qwen3_moe: qwen3Moe,
  olmoe,
  deepseek_v3: deepseekV3,
  gpt_oss: gptOss,
};
