/** Twinformer: typed tensors with gradients, and the layers of a transformer. */
// The kernels first: in a bundle their modules lie before the code then, and not between two halves of it (kernels/index.ts).
export {
  counter,
  kernelName,
  piecesByThread,
  resetCounter,
  threadCount,
  useKernels,
  useThreads,
} from "./kernels/index.js";
export * from "./tensor/index.js";
export * from "./nn/index.js";
export { memoryUse } from "./kernels/memory.js";
