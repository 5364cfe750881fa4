/** mathjs with the few functions that a formula of counts needs, on integers of any length. Loaded by `formula` alone. */

import { addDependencies, create, multiplyDependencies, parseDependencies, powDependencies } from "mathjs";

export const math = create(
  { addDependencies, multiplyDependencies, parseDependencies, powDependencies },
  { number: "bigint" },
);
