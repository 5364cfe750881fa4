/** How many parameters a model has, and how many of them work on one token. Counted on the tensors themselves. */

import { activeExperts } from "../config/router/defaults.js";
import { Experts } from "../moe/experts.js";
import { checkModel, type Transformer } from "./transformer.js";

export interface ParameterRow {
  component: "embeddings" | "attention" | "norms" | "router" | "feed-forward";
  total: number;
  /** Of these, how many one token passes through. The whole embedding tables are counted, as vendors do. */
  active: number;
}

const componentOf = (name: string): ParameterRow["component"] =>
  /^(tokens|positions)\./.test(name)
    ? "embeddings"
    : /norm\d?\.(weight|bias)$/.test(name)
      ? "norms"
      : name.includes(".attention.")
        ? "attention"
        : /\.router\.|\.feedForward\.slots$/.test(name)
          ? "router"
          : "feed-forward";

/** Total and active parameters by component. Of E experts, topK work on a token: at most, where the number varies by token (select
 *  "topP" and "adaptive", null experts), and on average with "expertChoice"; with "soft" all E do. */
export function parameterRows(model: Transformer): ParameterRow[] {
  checkModel("parameterRows", model);
  const { nExpert } = model.config;
  const active = activeExperts(model.config, nExpert);
  const expert = new Set(model.modules().flatMap((part) => (part instanceof Experts ? part.parameters() : [])));
  const rows = new Map<string, ParameterRow>();
  for (const [name, parameter] of model.namedParameters()) {
    const component = componentOf(name);
    const row = rows.get(component) ?? { component, total: 0, active: 0 };
    row.total += parameter.size;
    row.active += expert.has(parameter) ? (parameter.size / nExpert) * active : parameter.size;
    rows.set(component, row);
  }
  return [...rows.values()];
}

/** The sums over all components. */
export function countParameters(model: Transformer): { total: number; active: number } {
  return parameterRows(model).reduce(
    (sum, { total, active }) => ({ total: sum.total + total, active: sum.active + active }),
    { total: 0, active: 0 },
  );
}
