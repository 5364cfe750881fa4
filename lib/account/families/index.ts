/** Which family counts which `model_type`. */

import type { Family } from "../architecture.js";
import { gemma } from "./dense/gemma.js";
import { gemma2 } from "./dense/gemma2.js";
import { gpt2 } from "./dense/gpt2.js";
import { gptNeox } from "./dense/gptNeox.js";
import { llama } from "./dense/llama.js";
import { mistral } from "./dense/mistral.js";
import { olmo2 } from "./dense/olmo2.js";
import { phi3 } from "./dense/phi3.js";
import { qwen2 } from "./dense/qwen2.js";
import { qwen3 } from "./dense/qwen3.js";
import { twin } from "./dense/twin.js";
import { bert } from "./encoder/bert.js";
import { nllbMoe } from "./encoder/nllbMoe.js";
import { switchTransformer } from "./encoder/switch.js";
import { t5 } from "./encoder/t5.js";
import { vit } from "./encoder/vit.js";
import { jamba } from "./hybrid/jamba.js";
import { kimiLinear } from "./hybrid/kimiLinear.js";
import { lfm2Moe } from "./hybrid/lfm2Moe.js";
import { minimax } from "./hybrid/minimax.js";
import { qwen3Next } from "./hybrid/qwen3Next.js";
import { deepseekV2 } from "./latent/deepseekV2.js";
import { deepseekV3 } from "./latent/deepseekV3.js";
import { longcat } from "./latent/longcat.js";
import { glam } from "./paper/glam.js";
import { dbrx } from "./moe/dbrx.js";
import { deepseek } from "./moe/deepseek.js";
import { dots1 } from "./moe/dots1.js";
import { ernie45Moe } from "./moe/ernie45Moe.js";
import { glm4Moe } from "./moe/glm4Moe.js";
import { gptOss } from "./moe/gptOss.js";
import { graniteMoe } from "./moe/graniteMoe.js";
import { hunyuan } from "./moe/hunyuan.js";
import { llama4 } from "./moe/llama4.js";
import { minimaxM2 } from "./moe/minimaxM2.js";
import { mixtral } from "./moe/mixtral.js";
import { olmoe } from "./moe/olmoe.js";
import { phimoe } from "./moe/phimoe.js";
import { qwen2Moe } from "./moe/qwen2Moe.js";
import { qwen3Moe } from "./moe/qwen3Moe.js";
import { shapedFamilies } from "./shaped/index.js";

/** By `model_type` in config.json. Several types may share a family, where they have the same parts. */
export const families: Readonly<Record<string, Family>> = {
  ...shapedFamilies,
  bert,
  dbrx,
  deepseek,
  deepseek_v2: deepseekV2,
  deepseek_v3: deepseekV3,
  dots1,
  ernie4_5_moe: ernie45Moe,
  gemma,
  gemma2,
  glam,
  glm4_moe: glm4Moe,
  gpt2,
  gpt_neox: gptNeox,
  gpt_oss: gptOss,
  granitemoe: graniteMoe,
  hunyuan, // the hub's first name for the next
  hunyuan_v1_moe: hunyuan,
  jamba,
  kimi_k2: deepseekV3, // the hub's name for DeepSeek-V3's parts with other sizes
  kimi_linear: kimiLinear,
  lfm2_moe: lfm2Moe,
  llama,
  llama4_text: llama4,
  longcat_flash: longcat,
  minimax,
  minimax_m2: minimaxM2,
  minimax_text_01: minimax, // the hub's first name for it
  mistral,
  mixtral,
  "nllb-moe": nllbMoe,
  olmo2,
  olmoe,
  phi3,
  phimoe,
  qwen2,
  qwen2_moe: qwen2Moe,
  qwen3,
  qwen3_moe: qwen3Moe,
  qwen3_next: qwen3Next,
  switch_transformers: switchTransformer,
  t5,
  twinformer: twin,
  vit,
};
