import { type Cases } from "./case.js";
import { costCases } from "./cost.js";
import { countCases } from "./counts.js";
import { expertsCases } from "./experts.js";
import { modelCases } from "./model.js";
import { routingCases } from "./routing.js";
import { trainingCases } from "./training.js";

export type { CaseName, Cases } from "./case.js";

/** By the figure's name in twinformer/plot. */
export const cases: Readonly<Record<string, Cases>> = {
  ...trainingCases,
  ...routingCases,
  ...countCases,
  ...expertsCases,
  ...costCases,
  ...modelCases,
};

/** Those that draw no rows of their own. */
export const without: readonly string[] = ["slider", "knobs", "formulaBox", "partTable"];
