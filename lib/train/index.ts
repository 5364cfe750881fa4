/** Optimisers, the training loop, sampling. */
export { Adam, type AdamOptions, AdamW, type DecayOptions, type Optimizer, SGD, type SGDOptions } from "./optim.js";
export {
  type ConstantOptions,
  type FallingOptions,
  inverseSquareRoot,
  stepDecay,
  type StepDecayOptions,
  warmupConstant,
  warmupCosine,
  type WarmupCosineOptions,
  warmupLinear,
  warmupStableDecay,
} from "./schedule.js";
export { clipGradNorm } from "./clip.js";
export { evaluate, type EvaluateOptions } from "./evaluate.js";
export { TrainingError } from "./lastGood.js";
export { losses, train, type TrainOptions, type TrainRow } from "./loop.js";
export { generate, type GenerateOptions } from "./generate.js";
