import { sinusoidal } from "../../../../lib/index.js";
import { positions } from "../../../../lib/plot/index.js";

export const figure = positions(sinusoidal(64, 32).toArray());
