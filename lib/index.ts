/** Twinformer: typed tensors with gradients, and the layers of a transformer. */
export * from "./tensor/index.js";
export * from "./nn/index.js";
export {
  counter,
  kernelName,
  piecesByThread,
  resetCounter,
  threadCount,
  useKernels,
  useThreads,
} from "./kernels/index.js";
export { memoryUse } from "./kernels/memory.js";
