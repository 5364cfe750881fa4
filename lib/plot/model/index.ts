/** Pictures of a model and its parts. */
export { attention, type AttentionOptions, type AttentionRow } from "./attention.js";
export { type PositionRow, positions, type PositionsOptions } from "./positions.js";
