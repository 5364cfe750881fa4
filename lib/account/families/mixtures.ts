/** Families of mixtures of experts, and of hybrids of attention and layers with a state. */

import type { Family } from "../architecture.js";
import { bailing } from "./hybrid/bailing.js";
import { inkling } from "./hybrid/inkling.js";
import { jamba } from "./hybrid/jamba.js";
import { kimiLinear } from "./hybrid/kimiLinear.js";
import { lfm2 } from "./hybrid/lfm2.js";
import { lfm2Moe } from "./hybrid/lfm2Moe.js";
import { bamba, falconH1 } from "./hybrid/mamba/bamba.js";
import { graniteHybrid } from "./hybrid/mamba/graniteHybrid.js";
import { nemotronH } from "./hybrid/mamba/nemotronH.js";
import { zamba2 } from "./hybrid/mamba/zamba2.js";
import { minimax } from "./hybrid/minimax.js";
import { qwen35, qwen35Moe } from "./hybrid/qwen35.js";
import { qwen3Next } from "./hybrid/qwen3Next.js";
import { zaya } from "./hybrid/zaya.js";
import { deepseekV2 } from "./latent/deepseekV2.js";
import { deepseekV3, sarvamMla } from "./latent/deepseekV3.js";
import { glm4MoeLite } from "./latent/glm4MoeLite.js";
import { longcat } from "./latent/longcat.js";
import { deepseekV32, glmMoeDsa } from "./latent/sparse/deepseekV32.js";
import { deepseekV4 } from "./latent/sparse/deepseekV4.js";
import { hyV4 } from "./latent/sparse/hyV4.js";
import { dbrx } from "./moe/dbrx.js";
import { deepseek } from "./moe/deepseek.js";
import { dots1 } from "./moe/dots1.js";
import { ernie45Moe } from "./moe/ernie45Moe.js";
import { glm4Moe, glm4vMoe, sarvamMoe } from "./moe/glm4Moe.js";
import { gptOss } from "./moe/gptOss.js";
import { graniteMoe, graniteMoeShared, graniteMoeSwa } from "./moe/graniteMoe.js";
import { hunyuan } from "./moe/hunyuan.js";
import { llama4 } from "./moe/llama4.js";
import { minimaxM2 } from "./moe/minimaxM2.js";
import { mixtral } from "./moe/mixtral.js";
import { olmoe } from "./moe/olmoe.js";
import { phimoe } from "./moe/phimoe.js";
import { qwen2Moe } from "./moe/qwen2Moe.js";
import { mellum, qwen3Moe, qwen3OmniMoe, qwen3VlMoe } from "./moe/qwen3Moe.js";
import { doge } from "./moe/routed/doge.js";
import { flexOlmo } from "./moe/routed/flexOlmo.js";
import { flint } from "./moe/routed/flint.js";
import { jetmoe } from "./moe/routed/jetmoe.js";
import { mimoV2 } from "./moe/routed/mimoV2.js";
import { afmoe } from "./moe/shared/afmoe.js";
import { aria } from "./moe/shared/aria.js";
import { beam } from "./moe/shared/beam.js";
import { cohere2Moe } from "./moe/shared/cohere2Moe.js";
import { ernie45Vl } from "./moe/shared/ernie45Vl.js";
import { exaoneMoe } from "./moe/shared/exaoneMoe.js";
import { hyV3 } from "./moe/shared/hyV3.js";
import { laguna } from "./moe/shared/laguna.js";
import { minimaxM3 } from "./moe/shared/minimaxM3.js";
import { solarOpen } from "./moe/shared/solarOpen.js";
import { glam } from "./paper/glam.js";

/** By `model_type`; index.ts has these and all others. */
export const mixtures: Readonly<Record<string, Family>> = {
  afmoe,
  aria_text: aria,
  bailing_hybrid: bailing,
  bamba,
  beam,
  cohere2_moe: cohere2Moe,
  dbrx,
  deepseek,
  deepseek_v2: deepseekV2,
  deepseek_v3: deepseekV3,
  deepseek_v32: deepseekV32,
  deepseek_v4: deepseekV4,
  doge,
  dots1,
  ernie4_5_moe: ernie45Moe,
  ernie4_5_vl_moe_text: ernie45Vl,
  exaone_moe: exaoneMoe,
  falcon_h1: falconH1,
  flex_olmo: flexOlmo,
  flint,
  glam,
  glm4_moe: glm4Moe,
  glm4_moe_lite: glm4MoeLite,
  glm4v_moe_text: glm4vMoe,
  glm_moe_dsa: glmMoeDsa,
  gpt_oss: gptOss,
  granitemoe: graniteMoe,
  granitemoe_swa: graniteMoeSwa,
  granitemoehybrid: graniteHybrid,
  granitemoeshared: graniteMoeShared,
  hunyuan, // the hub's first name for the next
  hunyuan_v1_moe: hunyuan,
  hy_v3: hyV3,
  hy_v4: hyV4,
  inkling_text: inkling,
  jamba,
  jetmoe,
  kimi_k2: deepseekV3, // the hub's name for DeepSeek-V3's parts with other sizes
  kimi_linear: kimiLinear,
  laguna,
  lfm2,
  lfm2_moe: lfm2Moe,
  llama4_text: llama4,
  longcat_flash: longcat,
  mellum,
  mimo_v2_flash: mimoV2,
  minimax,
  minimax_m2: minimaxM2,
  minimax_m3_vl_text: minimaxM3,
  minimax_text_01: minimax, // the hub's first name for it
  mixtral,
  nemotron_h: nemotronH,
  olmoe,
  phimoe,
  qwen2_moe: qwen2Moe,
  qwen3_5_moe_text: qwen35Moe,
  qwen3_5_text: qwen35,
  qwen3_moe: qwen3Moe,
  qwen3_next: qwen3Next,
  qwen3_omni_moe_text: qwen3OmniMoe,
  qwen3_vl_moe_text: qwen3VlMoe,
  sarvam_mla: sarvamMla,
  sarvam_moe: sarvamMoe,
  solar_open: solarOpen,
  zamba2,
  zaya,
};
