import { type Cases } from "./case.js";
import { countCases } from "./counts.js";
import { routingCases } from "./routing.js";
import { trainingCases } from "./training.js";

export type { CaseName, Cases } from "./case.js";

/** By the figure's name in twinformer/plot. */
export const cases: Readonly<Record<string, Cases>> = { ...trainingCases, ...routingCases, ...countCases };

/** Those that draw no rows of their own. */
export const without: readonly string[] = ["slider", "knobs", "formulaBox", "partTable"];
