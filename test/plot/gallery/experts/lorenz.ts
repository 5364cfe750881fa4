import { lorenz } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { nExpert, chosen } = JSON.parse(new TextDecoder().decode(file("choices.json"))) as {
  readonly nExpert: number;
  readonly chosen: number[][][];
};
export const figure = lorenz(
  chosen.flatMap((ofLayer, layer) => ofLayer.flat().map((expert) => ({ by: `layer ${layer + 1}`, expert, tokens: 1 }))),
  { nExpert },
);
