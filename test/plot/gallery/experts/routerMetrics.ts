import { readLog, routerMetrics } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

export const figure = routerMetrics(readLog(file("routers.csv")));
