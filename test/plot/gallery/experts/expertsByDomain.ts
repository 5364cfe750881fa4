import { expertsByDomain } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { nExpert, domains, chosen } = JSON.parse(new TextDecoder().decode(file("choices.json"))) as {
  readonly nExpert: number;
  readonly domains: string[];
  readonly chosen: number[][][];
};
export const figure = expertsByDomain(
  domains.flatMap((domain, n) => chosen[3][n].map((expert) => ({ domain, expert, count: 1 }))),
  { nExpert },
);
