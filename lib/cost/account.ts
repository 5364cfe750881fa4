/** What is taken from the description of a model: this layer reads it and holds no second one. */

export { account, type Account } from "../account/account.js";
export type { BothSides, Cache } from "../account/architecture.js";
export type { Kind, Part } from "../account/part.js";
export { type Tensor, tensors } from "../account/memory/tensors.js";
export { bytesPerNumber, type Dtype, type DtypeName, dtypeOf, tensorBytes } from "../account/memory/dtypes.js";
export { type Stored, storedTensors } from "../account/memory/shipped.js";
