import { loadChart, readLoad } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

export const figure = loadChart(readLoad(file("experts.csv")));
