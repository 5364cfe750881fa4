/** Layers. */
export { buffer, evaluating, Module, parameter, type StateDict, type StateInput } from "./module.js";
export { type Role, roleOf } from "./state/role.js";
export * as init from "./init.js";
export { type Adapter, Linear, type LinearOptions } from "./linear.js";
export { Embedding } from "./embedding.js";
export { LayerNorm, RMSNorm } from "./norms.js";
export { LearnedPositions, RotaryPositions, sinusoidal, SinusoidalPositions } from "./positions.js";
export { type AttentionInputs, MultiHeadAttention, type MultiHeadAttentionOptions } from "./attention.js";
export { LatentAttention, type LatentAttentionOptions } from "./attention/latent.js";
export { type RotaryScaling, scaledFrequencies, yarnScale } from "./attention/rotaryScaling.js";
export { KVCache } from "./kvCache.js";
export { type Activation, type ClampedUnit, FeedForward, type FeedForwardOptions } from "./feedForward.js";
export { Dropout, dropout } from "./dropout.js";
export { type RecurrentOptions, RNN, type RNNOptions } from "./recurrent/rnn.js";
export { LSTM, type LSTMState } from "./recurrent/lstm.js";
export { applyLora, Lora, type LoraOptions, loraState, mergeLora } from "./lora.js";
export { loadSafetensors, type SafetensorsFile, saveSafetensors } from "./state/safetensors.js";
export { type TreeRow, treeRows } from "./structure/tree.js";
