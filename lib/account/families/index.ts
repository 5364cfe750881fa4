/** Which family counts which `model_type`. */

import type { Family } from "../architecture.js";
import { cohere, cohere2 } from "./dense/gated/cohere.js";
import { exaone4 } from "./dense/gated/exaone4.js";
import { glm, glm4, glm4v } from "./dense/gated/glm.js";
import { granite, helium } from "./dense/gated/granite.js";
import { diffLlama, ernie45, hunyuanDense, seedOss } from "./dense/gated/llamas.js";
import { minicpm3 } from "./dense/gated/minicpm3.js";
import { ministral, ministral3 } from "./dense/gated/ministral.js";
import { olmo, olmo3 } from "./dense/gated/olmo.js";
import { qwen2Vl, qwen3Vl } from "./dense/gated/qwenVl.js";
import { smollm3 } from "./dense/gated/smollm3.js";
import { stablelm } from "./dense/gated/stablelm.js";
import { gemma } from "./dense/gemma.js";
import { gemma2 } from "./dense/gemma2.js";
import { gemma3, vaultGemma } from "./dense/google/gemma3.js";
import { gemma3n } from "./dense/google/gemma3n.js";
import { gemma4, gemma4Unified } from "./dense/google/gemma4.js";
import { recurrentGemma } from "./dense/google/recurrentGemma.js";
import { bloom } from "./dense/gpt/bloom.js";
import { biogpt, xglm } from "./dense/gpt/fairseq.js";
import { falcon } from "./dense/gpt/falcon.js";
import { gptBigcode } from "./dense/gpt/gptBigcode.js";
import { gptNeo } from "./dense/gpt/gptNeo.js";
import { codegen, gptj } from "./dense/gpt/gptj.js";
import { mpt } from "./dense/gpt/mpt.js";
import { opt } from "./dense/gpt/opt.js";
import { gpt2 } from "./dense/gpt2.js";
import { gptNeox } from "./dense/gptNeox.js";
import { llama } from "./dense/llama.js";
import { mistral } from "./dense/mistral.js";
import { olmo2 } from "./dense/olmo2.js";
import { phi3, phi4Multimodal } from "./dense/phi3.js";
import { apertus } from "./dense/plain/apertus.js";
import { persimmon } from "./dense/plain/persimmon.js";
import { phi } from "./dense/plain/phi.js";
import { arcee, nemotron } from "./dense/plain/reluSquared.js";
import { starcoder2 } from "./dense/plain/starcoder2.js";
import { qwen2 } from "./dense/qwen2.js";
import { qwen3 } from "./dense/qwen3.js";
import { mamba, mamba2 } from "./dense/state/mamba.js";
import { rwkv } from "./dense/state/rwkv.js";
import { twin } from "./dense/twin.js";
import { albert } from "./encoder/albert.js";
import { bert, ernie } from "./encoder/bert.js";
import { debertaV2 } from "./encoder/deberta.js";
import { distilbert } from "./encoder/distilbert.js";
import { electra } from "./encoder/electra.js";
import { esm } from "./encoder/esm.js";
import { modernBert, modernBertDecoder } from "./encoder/modernBert.js";
import { mpnet } from "./encoder/mpnet.js";
import { roberta, xlmRoberta } from "./encoder/roberta.js";
import { bart, blenderbot, blenderbotSmall, m2m100, marian, mbart, pegasus, plbart } from "./encoder/seq2seq/bart.js";
import { nllbMoe } from "./encoder/seq2seq/nllbMoe.js";
import { switchTransformer } from "./encoder/seq2seq/switch.js";
import { mt5, t5, umt5 } from "./encoder/seq2seq/t5.js";
import { whisper } from "./encoder/seq2seq/whisper.js";
import { clipText, siglipText } from "./encoder/vision/textTower.js";
import { vit } from "./encoder/vision/vit.js";
import { jamba } from "./hybrid/jamba.js";
import { kimiLinear } from "./hybrid/kimiLinear.js";
import { lfm2Moe } from "./hybrid/lfm2Moe.js";
import { minimax } from "./hybrid/minimax.js";
import { qwen3Next } from "./hybrid/qwen3Next.js";
import { deepseekV2 } from "./latent/deepseekV2.js";
import { deepseekV3 } from "./latent/deepseekV3.js";
import { longcat } from "./latent/longcat.js";
import { mixtures } from "./mixtures.js";
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
import { glam } from "./paper/glam.js";

import { shapedFamilies } from "./shaped/index.js";

/** By `model_type` in config.json. Several types may share a family, where they have the same parts. */
export const families: Readonly<Record<string, Family>> = {
  ...shapedFamilies,
  albert,
  apertus,
  arcee,
  bart,
  bert,
  biogpt,
  blenderbot,
  "blenderbot-small": blenderbotSmall,
  bloom,
  camembert: xlmRoberta,
  clip_text_model: clipText,
  codegen,
  cohere,
  cohere2,
  dbrx,
  "deberta-v2": debertaV2,
  deepseek,
  deepseek_v2: deepseekV2,
  deepseek_v3: deepseekV3,
  diffllama: diffLlama,
  distilbert,
  dots1,
  electra,
  ernie,
  ernie4_5: ernie45,
  ernie4_5_moe: ernie45Moe,
  esm,
  exaone4,
  falcon,
  falcon_mamba: mamba,
  gemma,
  gemma2,
  gemma3_text: gemma3,
  gemma3n_text: gemma3n,
  gemma4_text: gemma4,
  gemma4_unified_text: gemma4Unified,
  glam,
  glm,
  glm4,
  glm4_moe: glm4Moe,
  glm4v_text: glm4v,
  gpt2,
  gpt_bigcode: gptBigcode,
  gpt_neo: gptNeo,
  gpt_neox: gptNeox,
  gpt_oss: gptOss,
  gptj,
  granite,
  granitemoe: graniteMoe,
  helium,
  hunyuan, // the hub's first name for the next
  hunyuan_v1_dense: hunyuanDense,
  hunyuan_v1_moe: hunyuan,
  jamba,
  kimi_k2: deepseekV3, // the hub's name for DeepSeek-V3's parts with other sizes
  kimi_linear: kimiLinear,
  lfm2_moe: lfm2Moe,
  llama,
  llama4_text: llama4,
  longcat_flash: longcat,
  m2m_100: m2m100,
  mamba,
  mamba2,
  marian,
  mbart,
  minicpm3,
  minimax,
  minimax_m2: minimaxM2,
  minimax_text_01: minimax, // the hub's first name for it
  ministral,
  ministral3,
  mistral,
  mixtral,
  modernbert: modernBert,
  "modernbert-decoder": modernBertDecoder,
  mpnet,
  mpt,
  mt5,
  nemotron,
  "nllb-moe": nllbMoe,
  olmo,
  olmo2,
  olmo3,
  olmoe,
  opt,
  pegasus,
  persimmon,
  phi,
  phi3,
  phi4_multimodal: phi4Multimodal,
  phi4mm: phi4Multimodal, // the hub's name for it
  phimoe,
  plbart,
  qwen2,
  qwen2_5_vl_text: qwen2Vl,
  qwen2_moe: qwen2Moe,
  qwen2_vl_text: qwen2Vl,
  qwen3,
  qwen3_moe: qwen3Moe,
  qwen3_next: qwen3Next,
  qwen3_vl_text: qwen3Vl,
  recurrent_gemma: recurrentGemma,
  roberta,
  rwkv,
  seed_oss: seedOss,
  siglip_text_model: siglipText,
  smollm3,
  stablelm,
  starcoder2,
  switch_transformers: switchTransformer,
  t5,
  twinformer: twin,
  umt5,
  vaultgemma: vaultGemma,
  vit,
  whisper,
  xglm,
  "xlm-roberta": xlmRoberta,
  ...mixtures,
};
