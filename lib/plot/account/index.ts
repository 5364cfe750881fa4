/** Pictures of counts: parameters, memory, real models. */
export { formulaBox, type FormulaParts } from "./formulaBox.js";
export { logLines, type LogLinesOptions, type LogLinesRow } from "./logLines.js";
export { memoryBars, type MemoryBarsOptions, type MemoryBarsRow } from "./memoryBars.js";
export { modelMap, type ModelMapRow } from "./modelMap.js";
export { parameterBars, type ParameterBarsOptions, type ParameterBarsRow } from "./parameterBars.js";
export { partTable, type PartRow } from "./partTable.js";
