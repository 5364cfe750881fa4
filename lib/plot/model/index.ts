/** Pictures of a model and its parts. */
export { attention, type AttentionOptions, type AttentionRow } from "./attention.js";
