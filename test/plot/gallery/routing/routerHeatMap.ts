import { readRouter, routerHeatMap } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const rows = readRouter(file("router.json"), { topK: 2 }); // what Hugging Face calls router_logits
export const figure = routerHeatMap(rows.filter(({ layer }) => layer === 0));
