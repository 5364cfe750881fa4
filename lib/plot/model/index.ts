/** Pictures of a model and its parts. */
export { attention, type AttentionOptions, type AttentionRow } from "./attention.js";
export { type NestedNumbers, type PositionRow, positions, type PositionsOptions } from "./positions.js";
export { type ModuleRow, modules, type ModulesOptions } from "./modules.js";
export { twinBlocks, type TwinBlocksOptions, type Twins } from "./twinBlocks.js";
export type { TwinRow } from "./twinSums.js";
