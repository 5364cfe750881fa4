import { lorenz, readLoad } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const log = readLoad(file("experts.csv")).filter(({ step }) => [8, 48, 200].includes(step));
export const figure = lorenz(
  log.flatMap(({ step, load }) => Array.from(load![1], (tokens, expert) => ({ by: `step ${step}`, expert, tokens }))),
);
