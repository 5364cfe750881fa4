/** Layers. */
export { Module, parameter } from "./module.js";
export { Linear, type LinearOptions } from "./linear.js";
export { Embedding } from "./embedding.js";
export { LayerNorm } from "./norms.js";
export { type Activation, FeedForward, type FeedForwardOptions } from "./feedForward.js";
export { dropout } from "./dropout.js";
export { CausalSelfAttention } from "./attention.js";
export { type TreeRow, treeRows } from "./tree.js";
