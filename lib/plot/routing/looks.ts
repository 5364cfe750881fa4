/** How what became of a token's choice looks, in all figures. */

import { dashedSquare, type LegendEntry } from "../marks/legend.js";
import { dashedBox, fill } from "../marks/svg.js";

export const keptLook = fill("dense");
export const reroutedLook = fill("moe");
export const droppedLook = dashedBox("alarm");

export const statusEntries: readonly LegendEntry[] = [
  { name: "kept", color: "dense" },
  { name: "rerouted", color: "moe" },
  { name: "dropped", color: "alarm", sign: dashedSquare },
];
