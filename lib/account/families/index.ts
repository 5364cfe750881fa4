/** Which family counts which `model_type`: encoders and dense decoders here, the others in mixtures.ts. */

import type { Family } from "../architecture.js";
import { bitnet } from "./dense/gated/bitnet.js";
import { cohere, cohere2 } from "./dense/gated/cohere.js";
import { exaone, exaone4 } from "./dense/gated/exaone.js";
import { glm, glm4, glm4v } from "./dense/gated/glm.js";
import { granite, graniteSwa, helium } from "./dense/gated/granite.js";
import { minicpm3, youtu } from "./dense/gated/latent.js";
import {
  cwm,
  diffLlama,
  ernie45,
  hunyuanDense,
  hyperclovax,
  internlm3,
  iquestcoder,
  seedOss,
} from "./dense/gated/llamas.js";
import { ministral, ministral3 } from "./dense/gated/ministral.js";
import { olmo, olmo3 } from "./dense/gated/olmo.js";
import { qwen2Omni, qwen2Vl, qwen3Vl } from "./dense/gated/qwenVl.js";
import { smollm3 } from "./dense/gated/smollm3.js";
import { stablelm } from "./dense/gated/stablelm.js";
import { gemma } from "./dense/gemma.js";
import { gemma2 } from "./dense/gemma2.js";
import { gemma3, vaultGemma } from "./dense/google/gemma3.js";
import { gemma3n } from "./dense/google/gemma3n.js";
import { gemma4, gemma4Unified } from "./dense/google/gemma4.js";
import { recurrentGemma } from "./dense/google/recurrentGemma.js";
import { bloom } from "./dense/gpt/bloom.js";
import { ctrl, gpt } from "./dense/gpt/early.js";
import { biogpt, xglm } from "./dense/gpt/fairseq.js";
import { falcon } from "./dense/gpt/falcon.js";
import { gptBigcode } from "./dense/gpt/gptBigcode.js";
import { gptNeo } from "./dense/gpt/gptNeo.js";
import { codegen, gptj } from "./dense/gpt/gptj.js";
import { mpt } from "./dense/gpt/mpt.js";
import { opt } from "./dense/gpt/opt.js";
import { gpt2 } from "./dense/gpt2.js";
import { gptNeox, gptNeoxJapanese } from "./dense/gptNeox.js";
import { llama } from "./dense/llama.js";
import { mistral } from "./dense/mistral.js";
import { olmo2 } from "./dense/olmo2.js";
import { phi3, phi4Multimodal } from "./dense/phi3.js";
import { apertus, apertus15 } from "./dense/plain/apertus.js";
import { nanochat } from "./dense/plain/nanochat.js";
import { persimmon } from "./dense/plain/persimmon.js";
import { phi } from "./dense/plain/phi.js";
import { arcee, jais2, nemotron } from "./dense/plain/reluSquared.js";
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
import { mixtures } from "./mixtures.js";

/** By `model_type` in config.json. Several types may share a family, where they have the same parts. */
export const families: Readonly<Record<string, Family>> = {
  albert,
  apertus,
  apertus1p5_text: apertus15,
  arcee,
  bart,
  bert,
  biogpt,
  bitnet,
  blenderbot,
  "blenderbot-small": blenderbotSmall,
  bloom,
  camembert: xlmRoberta,
  clip_text_model: clipText,
  codegen,
  cohere,
  cohere2,
  ctrl,
  cwm,
  "deberta-v2": debertaV2,
  diffllama: diffLlama,
  distilbert,
  electra,
  ernie,
  ernie4_5: ernie45,
  esm,
  exaone,
  exaone4,
  falcon,
  falcon_mamba: mamba,
  gemma,
  gemma2,
  gemma3_text: gemma3,
  gemma3n_text: gemma3n,
  gemma4_text: gemma4,
  gemma4_unified_text: gemma4Unified,
  glm,
  glm4,
  glm4v_text: glm4v,
  gpt2,
  "gpt-sw3": gpt2, // the same class
  gpt_bigcode: gptBigcode,
  gpt_neo: gptNeo,
  gpt_neox: gptNeox,
  gpt_neox_japanese: gptNeoxJapanese,
  gptj,
  granite,
  granite_swa: graniteSwa,
  helium,
  hunyuan_v1_dense: hunyuanDense,
  hyperclovax,
  internlm3,
  iquestcoder,
  jais2,
  llama,
  m2m_100: m2m100,
  mamba,
  mamba2,
  marian,
  mbart,
  minicpm3,
  ministral,
  ministral3,
  mistral,
  modernbert: modernBert,
  "modernbert-decoder": modernBertDecoder,
  mpnet,
  mpt,
  mt5,
  nanochat,
  nemotron,
  "nllb-moe": nllbMoe,
  olmo,
  olmo2,
  olmo3,
  "openai-gpt": gpt,
  opt,
  pegasus,
  persimmon,
  phi,
  phi3,
  phi4_multimodal: phi4Multimodal,
  phi4mm: phi4Multimodal, // the hub's name for it
  plbart,
  qwen2,
  qwen2_5_omni_text: qwen2Omni,
  qwen2_5_vl_text: qwen2Vl,
  qwen2_vl_text: qwen2Vl,
  qwen3,
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
  youtu,
  ...mixtures,
};
