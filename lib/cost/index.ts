/** What a model costs: FLOPs, bytes and time, from its config alone. */
export { type Bound, bound, type BoundOptions, type Limit } from "./roofline/bound.js";
export { capacity, type Capacity, type CapacityOptions } from "./roofline/capacity.js";
export {
  cacheRows,
  type CacheOptions,
  type CacheRow,
  cacheSpeed,
  type CacheSpeedOptions,
  type CacheSpeedRow,
} from "./offload/cache.js";
export { expertBytes } from "./offload/expertBytes.js";
export { guessFromSeen, type GuessRow, guessRows } from "./offload/guesses.js";
export {
  type CoverageOptions,
  type CoverageRow,
  coverageRows,
  type RepetitionRow,
  repetitionRows,
} from "./offload/measured.js";
export { expertsOnHost, type OnHost } from "./offload/onHost.js";
export { offload, type Offload, type OffloadOptions, offloadRows, type OffloadRowsOptions } from "./offload/offload.js";
export type { CachePolicy } from "./offload/steps.js";
export type { Choices, RoutingTrace } from "../config/trace.js";
export { type Fit, fit } from "./roofline/fit.js";
export { expertSweep, type GrowthRow, type SweepRow, waysToGrow } from "./growth.js";
export { besideBound, type BesideBound } from "./roofline/besideBound.js";
export { type DenseTwins, denseTwins, lostFrom, type SpeedRow, speedRows } from "./roofline/twins.js";
export { expertsTouched, mostTouched, placesTouched } from "./coverage.js";
export { type Device, devices, type DeviceSource, findDevice, type PeakFormat } from "./devices/index.js";
export {
  flops,
  type Flops,
  type FlopsKind,
  type FlopsOptions,
  type FlopsRow,
  trainingFlops,
  type TrainingRow,
} from "./flops/flops.js";
export { type StepBytes, stepBytes, type StepBytesOptions } from "./bytes/step.js";
export type { LookOptions } from "./flops/looks.js";
export type { WeightFormat } from "./bytes/weights.js";
export { explain } from "./text.js";
export { type Phase, type Sharing, type StepOptions } from "./step.js";
export { compareWithWorld, type Compared } from "./world/compare.js";
export { worldText } from "./world/text.js";
export { measurements } from "./world/measurements.js";
export type { Measurement, MeasurementSource, WeightSize } from "./world/types.js";
