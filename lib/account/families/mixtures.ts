/** Families of mixtures and hybrids that came after the first ones. */

import type { Family } from "../architecture.js";
import { bailing } from "./hybrid/bailing.js";
import { inkling } from "./hybrid/inkling.js";
import { lfm2 } from "./hybrid/lfm2.js";
import { bamba, falconH1 } from "./hybrid/mamba/bamba.js";
import { graniteHybrid } from "./hybrid/mamba/graniteHybrid.js";
import { nemotronH } from "./hybrid/mamba/nemotronH.js";
import { zamba2 } from "./hybrid/mamba/zamba2.js";
import { qwen35, qwen35Moe } from "./hybrid/qwen35.js";
import { zaya } from "./hybrid/zaya.js";
import { sarvamMla } from "./latent/deepseekV3.js";
import { glm4MoeLite } from "./latent/glm4MoeLite.js";
import { deepseekV32, glmMoeDsa } from "./latent/sparse/deepseekV32.js";
import { deepseekV4 } from "./latent/sparse/deepseekV4.js";
import { hyV4 } from "./latent/sparse/hyV4.js";
import { glm4vMoe, sarvamMoe } from "./moe/glm4Moe.js";
import { graniteMoeShared, graniteMoeSwa } from "./moe/graniteMoe.js";
import { mellum, qwen3OmniMoe, qwen3VlMoe } from "./moe/qwen3Moe.js";
import { doge } from "./moe/routed/doge.js";
import { flexOlmo } from "./moe/routed/flexOlmo.js";
import { flint } from "./moe/routed/flint.js";
import { jetmoe } from "./moe/routed/jetmoe.js";
import { mimoV2 } from "./moe/routed/mimoV2.js";
import { afmoe } from "./moe/shared/afmoe.js";
import { aria } from "./moe/shared/aria.js";
import { cohere2Moe } from "./moe/shared/cohere2Moe.js";
import { ernie45Vl } from "./moe/shared/ernie45Vl.js";
import { exaoneMoe } from "./moe/shared/exaoneMoe.js";
import { hyV3 } from "./moe/shared/hyV3.js";
import { laguna } from "./moe/shared/laguna.js";
import { minimaxM3 } from "./moe/shared/minimaxM3.js";
import { solarOpen } from "./moe/shared/solarOpen.js";

/** By `model_type`, as in index.ts, which takes them up. */
export const mixtures: Readonly<Record<string, Family>> = {
  afmoe,
  aria_text: aria,
  bailing_hybrid: bailing,
  bamba,
  cohere2_moe: cohere2Moe,
  deepseek_v32: deepseekV32,
  deepseek_v4: deepseekV4,
  doge,
  ernie4_5_vl_moe_text: ernie45Vl,
  exaone_moe: exaoneMoe,
  falcon_h1: falconH1,
  flex_olmo: flexOlmo,
  flint,
  glm4_moe_lite: glm4MoeLite,
  glm4v_moe_text: glm4vMoe,
  glm_moe_dsa: glmMoeDsa,
  granitemoe_swa: graniteMoeSwa,
  granitemoehybrid: graniteHybrid,
  granitemoeshared: graniteMoeShared,
  hy_v3: hyV3,
  hy_v4: hyV4,
  inkling_text: inkling,
  jetmoe,
  laguna,
  lfm2,
  mellum,
  mimo_v2_flash: mimoV2,
  minimax_m3_vl_text: minimaxM3,
  nemotron_h: nemotronH,
  qwen3_5_moe_text: qwen35Moe,
  qwen3_5_text: qwen35,
  qwen3_omni_moe_text: qwen3OmniMoe,
  qwen3_vl_moe_text: qwen3VlMoe,
  sarvam_mla: sarvamMla,
  sarvam_moe: sarvamMoe,
  solar_open: solarOpen,
  zamba2,
  zaya,
};
