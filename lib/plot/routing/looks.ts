/** How what became of a token's choice looks, in all figures. */

import { fill, stroke } from "./svg.js";

export const keptLook = fill("dense");
export const reroutedLook = fill("moe");
export const droppedLook = `${fill("background")} ${stroke("alarm")} stroke-width="1.2" stroke-dasharray="3,2"`;
