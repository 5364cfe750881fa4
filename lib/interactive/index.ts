/** Figures with knobs whose page computes with this library's own code: no kernel, no network. */
export { capacityKnobs, type CapacityKnobsOptions, type ScoresRow } from "./capacity/knobs.js";
export type { CapacityFacts, CapacityValues } from "./capacity/draw.js";
export { costKnobs, type CostKnobsOptions } from "./cost/knobs.js";
export type { CostFacts, CostValues } from "./cost/draw.js";
export { type LogitsRow, routerKnobs, type RouterKnobsOptions } from "./router/knobs.js";
export type { RouterFacts, RouterValues } from "./router/draw.js";
