export { type TokenRow, tokenStrip, tokenStripByLayer, type TokenStripOptions } from "./tokenStrip.js";
export { tokenPath, type TokenPathOptions, type TokenPathRow } from "./tokenPath.js";
