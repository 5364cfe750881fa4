/** What a trained model loses when one of its experts is switched off, by domain. */

import { checkIntegers } from "../../config/options.js";
import { checkHasExperts } from "../../moe/check.js";
import { domainCorpora } from "../../data/domains.js";
import type { Mixture } from "../../data/mixture.js";
import { checkModel, type Transformer } from "../../models/transformer.js";
import { withoutExperts } from "../../moe/metrics/without.js";
import { evaluate } from "../evaluate.js";

/** One expert off, one domain. */
export interface ExpertCostRow {
  /** 0 is the first. */
  layer: number;
  expert: number;
  domain: string;
  /** Nats per token on held-out text with all experts, and without this one. */
  loss: number;
  without: number;
  /** without − loss. Below 0 where the model does better without it. */
  cost: number;
}

/** Switches off each expert of each layer in turn, the next best doing its work (`withoutExperts`), and measures the loss on held-out
 *  text of each domain: L · E · domains rows.
 *  @param options.blocks of each domain, from its start. Default 32
 *  Throws for a dense model. */
export function expertCosts(
  model: Transformer,
  mixture: Mixture,
  { blocks = 32 }: { blocks?: number } = {},
): ExpertCostRow[] {
  checkModel("expertCosts", model);
  checkIntegers("expertCosts", { blocks }, { from: 1, orInfinity: true });
  const { nLayer, nExpert } = model.config;
  checkHasExperts("expertCosts", model.config);
  const domains = domainCorpora(mixture);
  const whole = domains.map((corpus) => evaluate(model, corpus, { blocks }));
  const rows: ExpertCostRow[] = [];
  for (let layer = 0; layer < nLayer; layer++)
    for (let expert = 0; expert < nExpert; expert++) {
      const off = Array.from({ length: nLayer }, (_, l) => (l === layer ? [expert] : []));
      for (const [d, corpus] of domains.entries()) {
        const without = withoutExperts(model, off, () => evaluate(model, corpus, { blocks }));
        rows.push({ layer, expert, domain: corpus.name, loss: whole[d], without, cost: without - whole[d] });
      }
    }
  return rows;
}
