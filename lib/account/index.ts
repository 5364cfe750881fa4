/** What a model has, what works on a token, and what that weighs: from its config alone. */
export { account, type Account } from "./account.js";
export { componentRows } from "./componentRows.js";
export type { Beside } from "./beside.js";
export type { BothSides, Cache } from "./architecture.js";
export { ConfigError } from "./config/errors.js";
export type { Config, Letter } from "./config/fields.js";
export { type Kind, leaves, type Leaf, type Part, sizeOf, sizeOfOne } from "./part.js";
export type { Size } from "./size.js";
export { formula, type Formula } from "./formula.js";
export { activationBytes, type ActivationOptions } from "./memory/activations.js";
export {
  cacheBytes,
  cacheBytesPerToken,
  type CacheOptions,
  reservedCacheBytes,
  type ReserveOptions,
} from "./memory/cache.js";
export { bytesPerNumber, type Dtype, type DtypeName, DTYPES, gigabytes, weightBytes } from "./memory/dtypes.js";
export { fineTuning, type FineTuningOptions, type FineTuningRow } from "./memory/fineTuning.js";
export {
  bytesForUsers,
  type LoraOptions,
  loraParameters,
  type LoraRow,
  loraRows,
  peftTargets,
  targetNames,
  type UserRow,
} from "./memory/lora.js";
export { type Shipped, type ShippedRow, shippedWeights } from "./memory/shipped.js";
export { fullFineTuning, loraFineTuning, type MemoryRow, qloraFineTuning, totalBytes } from "./memory/training.js";
export { findModel, type Model, modelRow, type ModelRow, modelRows, models } from "./models/index.js";
export { bytes, grouped, percent, rounded } from "./text/numbers.js";
export { type CountedRow, partRows } from "./text/tree.js";
