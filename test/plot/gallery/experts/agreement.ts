import { agreement } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { chosen } = JSON.parse(new TextDecoder().decode(file("choices.json"))) as {
  readonly chosen: number[][][];
};
export const figure = agreement(
  chosen.flatMap((ofLayer, layer) => ofLayer.map(([expert], position) => ({ layer, position, expert }))),
);
