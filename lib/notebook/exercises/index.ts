import { attention } from "./attention.js";
import { capacity } from "./capacity.js";
import type { Exercise } from "./exercise.js";
import { inference } from "./inference.js";
import { routing } from "./routing.js";
import { tensors } from "./tensors.js";

/** The exercises of all notebooks by their names, which are the words that `check` is called with. */
export const exercises: Readonly<Record<string, Exercise>> = {
  ...tensors,
  ...attention,
  ...capacity,
  ...inference,
  ...routing,
};
