import { heatMap, readRouter } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

// Which experts work on the same token: of the tokens of expert i, the share that expert j has, too.
const rows = readRouter(file("router.json"), { topK: 2 }).filter(({ layer }) => layer === 3);
const experts = Array.from({ length: 8 }, (_, expert) => expert);
const together = experts.flatMap((i) => {
  const own = rows.filter(({ chosen }) => chosen.includes(i));
  return experts.map((j) => (i === j ? 0 : own.filter(({ chosen }) => chosen.includes(j)).length / own.length));
});
export const figure = heatMap(together, [8, 8], {
  title: "Experts that share their tokens",
  rowNames: experts.map((expert) => `expert ${expert}`),
  columnNames: experts.map(String),
  domain: [0, 1],
});
