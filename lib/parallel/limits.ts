/** What it saves to let a token use the experts of few machines alone. */

import { checkIntegers } from "../config/options.js";
import { checkScored } from "../moe/check.js";
import { selectGroupLimited } from "../moe/select/groupLimited.js";
import type { Scored } from "../moe/select/selection.js";
import { selectTopK } from "../moe/select/topK.js";
import { allToAll, type AllToAll, type AllToAllOptions } from "./allToAll.js";
import { machineOf, type Placement } from "./placement.js";

export interface LimitOptions extends AllToAllOptions {
  topK: number;
  /** As in `RouterConfig`: how a machine's experts rank it. Default "top2". */
  groupScore?: "max" | "top2";
}

/** One limit on the machines of a token. */
export interface LimitRow {
  /** Machines whose experts a token may use; all of them is no limit. */
  readonly machines: number;
  readonly sent: AllToAll;
  /** Bytes across machines, as a share of those without a limit; 1 where nothing crosses then. */
  readonly across: number;
  /** What it costs: the scores of the chosen experts, as a share of those without a limit. */
  readonly score: number;
}

/** The same tokens routed with every limit, from 1 machine (or as many as K experts need) to all: the router's groups are the machines,
 *  as in DeepSeek-V3, where a token uses 4 of 8. The last row is plain top-k. scores [N, E], such as a routing's probs.
 *  Throws where a machine does not hold E / M neighboring experts.
 *  Source: DeepSeek-AI 2024 (V3), §2.1.2 and §3.2.2, https://arxiv.org/abs/2412.19437
 *  @example
 *  const placement = placeExperts(4, { devices: 2, machines: 2 });
 *  const scored = { scores: [0.5, 0.1, 0.3, 0.1], nToken: 1, nExpert: 4 };
 *  const options = { topK: 2, dModel: 8, homes: [0] };
 *  machineLimits(scored, placement, options).map(({ across }) => across); // => [0, 1] */
export function machineLimits(scored: Scored, placement: Placement, options: LimitOptions): LimitRow[] {
  const { topK, groupScore = "top2", ...sending } = options;
  checkScored("machineLimits", scored, topK);
  const { nExpert, nToken } = scored;
  const nGroup = placement.machines;
  const size = nExpert / nGroup;
  const stray = placement.slots.findIndex((own, device) =>
    own.some((e) => Math.floor(e / size) !== machineOf(placement, device)),
  );
  if (placement.nExpert !== nExpert || !Number.isInteger(size) || stray >= 0)
    throw new RangeError(
      `machineLimits: each of ${nGroup} machines must hold ${nExpert} / ${nGroup} neighboring experts, such as placeExperts gives`,
    );
  checkIntegers("machineLimits", { topK }, { from: 1 });
  const least = Math.ceil(topK / size);
  const choices = Array.from({ length: nGroup - least + 1 }, (_, i) => {
    const machines = least + i;
    const selection =
      machines === nGroup
        ? selectTopK(scored, topK)
        : selectGroupLimited(scored, { topK, nGroup, topKGroup: machines, groupScore });
    const chosen = Array.from({ length: nToken }, (_, n) => selection.experts.subarray(n * topK, (n + 1) * topK));
    let score = 0;
    chosen.forEach((experts, n) => experts.forEach((e) => (score += scored.scores[n * nExpert + e])));
    return { machines, sent: allToAll(chosen, placement, sending), score };
  });
  const free = choices[choices.length - 1];
  return choices.map(({ machines, sent, score }) => ({
    machines,
    sent,
    across: free.sent.across === 0 ? 1 : sent.across / free.sent.across,
    score: free.score === 0 ? 1 : score / free.score,
  }));
}
