/** Pictures from plain rows: each figure is a function `(rows, options) => Figure` that knows no tensor and no model. */
export { Figure } from "./figure.js";
export { loadChart, type LoadChartOptions } from "./loadChart.js";
export { lossChart, type LossChartOptions } from "./lossChart.js";
export type { FrameOptions } from "./options.js";
export type { Theme } from "./palette.js";
export type { LoadRow, LossRow } from "./rows.js";
export { graphChart, type GraphChartOptions, type GraphRow } from "./tensor/graphChart.js";
export { heatMap, type HeatMapOptions } from "./tensor/heatMap.js";
