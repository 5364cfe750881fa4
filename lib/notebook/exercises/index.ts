import { adapting } from "./adapting.js";
import { attention } from "./attention.js";
import { capacity } from "./capacity.js";
import type { Exercise } from "./exercise.js";
import { experts } from "./experts.js";
import { imbalance } from "./imbalance.js";
import { inference } from "./inference.js";
import { parameters } from "./parameters.js";
import { routing } from "./routing.js";
import { tensors } from "./tensors.js";
import { twins } from "./twins.js";

/** The exercises of all notebooks by their names, which are the words that `check` is called with. */
export const exercises: Readonly<Record<string, Exercise>> = {
  ...twins,
  ...tensors,
  ...attention,
  ...routing,
  ...parameters,
  ...imbalance,
  ...capacity,
  ...inference,
  ...experts,
  ...adapting,
};
