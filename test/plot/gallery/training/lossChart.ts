import { lossChart, readLog } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const log = readLog(file("twins.csv"));
export const figure = lossChart(
  log.filter(({ run }) => run === 1),
  { references: [{ value: Math.log(81), label: "guessing evenly among 81 characters" }] },
);
