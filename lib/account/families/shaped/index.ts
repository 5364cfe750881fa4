/** Types without a file of their own: rows of facts, and classes of other types with other defaults. */

import type { Family } from "../../architecture.js";
import { ALIASES } from "./aliases.js";
import { DENSE } from "./dense.js";
import { EXPERT_SHAPES } from "./experts.js";
import { shaped } from "./shape.js";
import { UNGATED } from "./ungated.js";

/** By `model_type`. */
export const shapedFamilies: Readonly<Record<string, Family>> = {
  ...ALIASES,
  ...Object.fromEntries(
    Object.entries({ ...DENSE, ...UNGATED, ...EXPERT_SHAPES }).map(([type, facts]) => [type, shaped(facts)]),
  ),
};
