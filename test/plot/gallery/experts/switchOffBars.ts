import { readLog, switchOffBars } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const rows = readLog(file("switchedOff.csv")); // with all experts, the loss is `base`
export const figure = switchOffBars(rows, { layer: "layer", expert: "expert", loss: "loss", base: "base" });
