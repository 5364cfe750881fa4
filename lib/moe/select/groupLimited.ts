import { checkScored } from "../check.js";
import { checkIntegers, checkWord } from "../../config/options.js";
import { best, fixed, type Scored, type Selection } from "./selection.js";

export interface GroupOptions {
  topK: number;
  /** Equal groups of neighboring experts, such as the experts of one machine. */
  nGroup: number;
  /** Groups that a token may use. */
  topKGroup: number;
  /** A group's score: its best expert (V2), or the sum of its best two (V3). */
  groupScore: "max" | "top2";
}

/** Each token chooses its best groups, then its K best experts within them, so that it visits few machines.
 *  Sources: DeepSeek-AI 2024 (V2), §2.2.2, https://arxiv.org/abs/2405.04434; (V3), §2.1.2, https://arxiv.org/abs/2412.19437 */
export function selectGroupLimited(scored: Scored, { topK, ...options }: GroupOptions): Selection & Groups {
  checkScored("selectGroupLimited", scored, topK);
  checkIntegers("selectGroupLimited", { nGroup: options.nGroup, topKGroup: options.topKGroup }, { from: 1 });
  checkWord("selectGroupLimited", "groupScore", options.groupScore, ["max", "top2"]);
  const size = scored.nExpert / options.nGroup;
  if (!Number.isInteger(size) || options.topKGroup > options.nGroup || topK > size * options.topKGroup)
    throw new RangeError(
      `selectGroupLimited: ${scored.nExpert} experts in nGroup ${options.nGroup} equal groups, of which a token uses topKGroup ${options.topKGroup}, cannot give topK ${topK}`,
    );
  const groups = chooseGroups(scored, options);
  const selection = fixed(scored.nToken, topK, (n) => {
    const allowed = Array.from(groups.chosen.subarray(n * options.topKGroup, (n + 1) * options.topKGroup)).sort(
      (a, b) => a - b,
    );
    return best(
      scored,
      n,
      topK,
      allowed.flatMap((g) => Array.from({ length: size }, (_, i) => g * size + i)),
    );
  });
  return { ...selection, groups };
}

export interface Groups {
  readonly groups: {
    /** [N, G] score of each group. */
    readonly scores: Float64Array;
    /** [N, topKGroup] groups of each token, the best first. */
    readonly chosen: Int32Array;
  };
}

function chooseGroups(scored: Scored, { nGroup, topKGroup, groupScore }: Omit<GroupOptions, "topK">): Groups["groups"] {
  const { nToken, nExpert } = scored;
  const size = nExpert / nGroup;
  const counted = groupScore === "max" ? 1 : Math.min(2, size);
  const scores = new Float64Array(nToken * nGroup);
  const members = Array.from({ length: nGroup }, (_, g) => Array.from({ length: size }, (_, i) => g * size + i));
  for (let n = 0; n < nToken; n++) {
    members.forEach((experts, g) => {
      for (const e of best(scored, n, counted, experts)) scores[n * nGroup + g] += scored.scores[n * nExpert + e];
    });
  }
  // A group's best logit ranks it by its best expert, where float32 scores may be equal.
  const bestLogit = (n: number, g: number): number =>
    scored.logits?.[n * nExpert + best(scored, n, 1, members[g])[0]] ?? 0;
  const logits =
    scored.logits && counted === 1
      ? { logits: Float64Array.from(scores, (_, i) => bestLogit(Math.floor(i / nGroup), i % nGroup)) }
      : { logits: scores };
  const byGroup: Scored = { ...scored, scores, ...logits, nExpert: nGroup };
  const chosen = fixed(nToken, topKGroup, (n) => best(byGroup, n, topKGroup, members.keys())).experts;
  return { scores, chosen };
}
