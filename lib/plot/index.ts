/** Pictures from plain rows: each figure is a function `(rows, options) => Figure` that knows no tensor and no model. */
export { Figure, HtmlFigure, type HtmlOptions } from "./figure.js";
export { loadChart, type LoadChartOptions } from "./loadChart.js";
export { lossChart, type LossChartOptions } from "./lossChart.js";
export type { FrameOptions } from "./options.js";
export type { Theme } from "./palette.js";
export { capacityBars, type CapacityRow } from "./routing/capacityBars.js";
export { collapseChart, type CollapseChartOptions, type EffectiveRow } from "./routing/collapseChart.js";
export { expertsPerToken, type ExpertsPerTokenOptions, type ExpertsPerTokenRow } from "./routing/expertsPerToken.js";
export { slider, type SliderOptions } from "./interactive/slider.js";
export { queues, type QueueRow, type QueuesOptions } from "./routing/queues.js";
export { type RouterRow, routerHeatMap } from "./routing/routerHeatMap.js";
export { shareCurve, type ShareCurveOptions, type ShareRow } from "./routing/shareCurve.js";
export { type SoftmaxStepRow, softmaxSteps } from "./routing/softmaxSteps.js";
export { type FlowRow, tokenFlow, type TokenFlowOptions } from "./routing/tokenFlow.js";
export type { LoadRow, LossRow } from "./rows/training.js";
export { graphChart, type GraphChartOptions, type GraphRow } from "./tensor/graphChart.js";
export { heatMap, type HeatMapOptions } from "./tensor/heatMap.js";
export * from "./account/index.js";
