import { lines, readLog } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const log = readLog(file("twins.csv")); // two seeds of each model, in the column "run"
export const figure = lines(log, { value: "grad_norm", yLabel: "gradient norm", log: true, window: 5 });
