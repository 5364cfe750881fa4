import { allToAll, placeExperts } from "../../../../lib/parallel/index.js";
import { allToAllChart } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { nExpert, chosen } = JSON.parse(new TextDecoder().decode(file("choices.json"))) as {
  readonly nExpert: number;
  readonly chosen: number[][][];
};
// The tokens of 16 texts, in order, on eight devices of two machines: what do they send in the first layer?
const placement = placeExperts(nExpert, { devices: 8, machines: 2 });
const { rows } = allToAll(chosen[0], placement, { dModel: 128 });
export const figure = allToAllChart(rows, { unit: "number", machines: 2 });
