/** `npm run world`: the bound beside published measurements, as wide as the terminal is. */

import { worldText } from "../../lib/cost/world/text.js";

console.log(worldText(process.stdout.columns ?? 140));
