/** Pictures of a model and its parts. */
export { attention, type AttentionOptions, type AttentionRow } from "./attention/attention.js";
export { type NestedNumbers, type PositionRow, positions, type PositionsOptions } from "./positions.js";
export { type ModuleRow, modules, type ModulesOptions } from "./modules.js";
export { twinBlocks, type TwinBlocksOptions, type Twins } from "./twins/twinBlocks.js";
export type { TwinRow } from "./twins/sums.js";
export { icicle } from "./icicle.js";
export type { SizeRow, SizesOptions } from "./shares.js";
export { treemap } from "./treemap.js";
