export { readLoad, type ReadLoadOptions } from "./load.js";
export { readLog, type LogRow, type ReadLogOptions } from "./log.js";
export { readRouter, type ReadRouterOptions, type RoutedRow } from "./router.js";
export { readTable } from "./table.js";
