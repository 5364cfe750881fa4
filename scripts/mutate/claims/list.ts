/** For each claim of the ledger, something that it rests on, broken. */

import type { Break } from "./break.js";
import { architecture } from "./breaks/architecture.js";
import { routing } from "./breaks/routing.js";
import { cost } from "./breaks/cost.js";
import { training } from "./breaks/training.js";
import { interview } from "./breaks/interview.js";

export const breaks: readonly Break[] = [...architecture, ...routing, ...cost, ...training, ...interview];
