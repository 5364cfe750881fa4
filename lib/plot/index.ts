/** Pictures from plain rows: each figure is a function `(rows, options) => Figure` that knows no tensor and no model. */
export { Figure } from "./figure.js";
export { loadChart, type LoadChartOptions } from "./loadChart.js";
export { lossChart, type LossChartOptions } from "./lossChart.js";
export type { FrameOptions } from "./options.js";
export type { Theme } from "./palette.js";
export type { LoadRow, LossRow } from "./rows.js";
export { heatMap, type HeatMapOptions } from "./tensor/heatMap.js";
export { capacityChart, type OverflowRow } from "./routing/capacityChart.js";
export { collapseChart, type CollapseChartOptions, type EffectiveRow } from "./routing/collapseChart.js";
export { expertFlow, type ExpertFlowOptions, type FlowRow } from "./routing/expertFlow.js";
export { routingMap, type RoutedTokenRow } from "./routing/routingMap.js";
