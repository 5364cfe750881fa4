/** Published measurements, which a bound must lie above. */

import { deepseek } from "./sources/deepseek.js";
import { edge } from "./sources/edge.js";
import { gptFast } from "./sources/gptFast.js";
import { llamaCpp } from "./sources/llamaCpp.js";
import { spark } from "./sources/spark.js";
import { tensorRt } from "./sources/tensorRt.js";
import type { Measurement } from "./types.js";

export const measurements: readonly Measurement[] = [
  ...gptFast,
  ...tensorRt,
  ...deepseek,
  ...llamaCpp,
  ...spark,
  ...edge,
];
