import { coverageRows } from "../../../../lib/cost/index.js";
import { coverageChart } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { nExpert, chosen } = JSON.parse(new TextDecoder().decode(file("choices.json"))) as {
  readonly nExpert: number;
  readonly chosen: number[][][];
};
// Sixteen texts of 128 tokens, [text][token][layer][expert]: how many experts of a layer do 1, 2, 4, ... tokens touch?
const texts = Array.from({ length: 16 }, (_, text) =>
  Array.from({ length: 128 }, (_, token) => chosen.map((layer) => layer[text * 128 + token])),
);
const rows = coverageRows({ nExpert, chosen: texts }, { batches: [1, 2, 4, 8, 16] });
export const figure = coverageChart(rows, { experts: "touched", by: "tokens", nExpert, topK: 2 });
