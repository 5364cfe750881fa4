import { coActivation } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { chosen } = JSON.parse(new TextDecoder().decode(file("choices.json"))) as {
  readonly chosen: number[][][];
};
export const figure = coActivation(
  chosen[3].map((experts) => ({ layer: 3, chosen: experts })),
  { nExpert: 8 },
);
