/** Twinformer: typed tensors with gradients, and the layers of a transformer. */
export * from "./tensor/index.js";
export * from "./nn/index.js";
export { counter, kernelName, resetCounter, useKernels } from "./kernels/index.js";
export { memoryUse } from "./kernels/memory.js";
