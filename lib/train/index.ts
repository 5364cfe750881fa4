/** Optimizers, the training loop, sampling. */
export {
  Adam,
  type AdamOptions,
  AdamW,
  type DecayOptions,
  type Optimizer,
  type OptimizerMemory,
  type SavedOptimizer,
  SGD,
  type SGDOptions,
} from "./optim.js";
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
export { bitsPerByte, type BitsPerByteOptions } from "./bitsPerByte.js";
export { TrainingError } from "./lastGood.js";
export { type RunParts, RunState } from "./resume/runState.js";
export { type FoundSave, RunFolder } from "./resume/folder.js";
export { type SaveOptions, type SaveSink, type SaveSource } from "./resume/options.js";
export { losses, train, type TrainOptions, type TrainRow } from "./loop.js";
export { generate, type GenerateOptions } from "./generate.js";
export {
  collapse,
  collapseModel,
  type CollapseOptions,
  type CollapseRow,
  collapseSummary,
  type CollapseSummary,
  collapseCriteria,
  remedies,
  type Remedy,
} from "./labs/collapse.js";
export {
  capacityLab,
  type CapacityLabOptions,
  type CapacityLabRow,
  type ChanceRow,
  dropsByChance,
} from "./labs/capacity.js";
export {
  specialization,
  type Specialization,
  type SpecializationOptions,
  type SpecializationRow,
} from "./labs/specialization.js";
export {
  compareTwins,
  type CompareOptions,
  type CompareRow,
  type Contender,
  contenders,
  type Duel,
  duels,
  duelsBySecond,
  type LossDifference,
  lossDifferences,
  lossDifferencesBySecond,
} from "./labs/comparison.js";
export { type AdapterLoss, type Adapters, adaptersForUsers, type AdaptersOptions } from "./labs/adapters.js";
export { routingTrace, type RoutingTraceOptions, shuffledTrace } from "./labs/routingTrace.js";
export { type ExpertCostRow, expertCosts } from "./labs/expertCosts.js";
export { type ConfidenceInterval, confidenceInterval } from "./labs/confidenceInterval.js";
export type { Choices, RoutingTrace } from "../config/trace.js";
