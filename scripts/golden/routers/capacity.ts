/** Places at the experts, and what becomes of those that find none. */

import { gshardBalanceLoss, route, switchBalanceLoss } from "../../../lib/moe/index.js";
import { preference } from "../../../lib/moe/select/selection.js";
import { read } from "../../../lib/tensor/tensor.js";
import { mul } from "../../../lib/tensor/index.js";
import { nested, numbersIn } from "../data.js";
import type { Options } from "../options.js";
import { assignmentsWhere, byToken, counts, logitsOf, matrix, places, type RouterRun, where } from "./parts.js";

function sameCapacity(config: Options, capacity: number | null): void {
  const expected = config.number("capacity");
  if (capacity !== expected) throw new Error(`capacity is ${capacity}, expected ${expected}`);
}

/** Top-1 with a capacity: in token order or by falling probability. */
export const switchCapacity: RouterRun = {
  exact: [
    "expert",
    "position_in_expert",
    "dispatch",
    "dropped_tokens",
    "tokens_routed_per_expert",
    "tokens_kept_per_expert",
  ],
  run(config, inputs) {
    config.word("capacity_rule", ["max(1, ceil(cf*S/E))"]);
    const queue =
      config.word("priority", ["batch_prioritized", "token_order"]) === "token_order" ? "position" : "probability";
    const logits = matrix(inputs, "router_logits", { learned: true });
    const routing = route(logits, {
      topK: 1,
      renormalize: false,
      capacityFactor: config.number("capacity_factor"),
      queue,
    });
    sameCapacity(config, routing.capacity);
    const loss = mul(switchBalanceLoss(routing), config.number("alpha"));
    loss.backward();
    const { nToken, nExpert, wanted, positions } = routing;
    const probs = read(routing.probs);
    return {
      probs: numbersIn(routing.probs),
      expert: nested([...wanted]),
      gate: nested(Array.from(wanted, (e, n) => probs[n * nExpert + e])),
      position_in_expert: nested([...positions]),
      ...places(routing),
      dropped_tokens: where(positions, (p) => p < 0),
      dropped_fraction: nested(positions.filter((p) => p < 0).length / nToken),
      tokens_routed_per_expert: nested(counts(wanted, nExpert)),
      tokens_kept_per_expert: nested(
        counts(
          wanted.filter((_, n) => positions[n] >= 0),
          nExpert,
        ),
      ),
      f: nested(routing.demand),
      P: nested(routing.importance),
      aux_loss: nested(loss.item()),
      grad_aux_wrt_logits: numbersIn(logits.grad!),
    };
  },
};

/** Two experts, all first choices before all second ones. */
export const gshardTop2Capacity: RouterRun = {
  exact: [
    ...["expert1", "expert2", "second_kept_by_policy", "position1", "position2", "dispatch"],
    ...["dropped_first", "dropped_second", "fully_dropped"],
  ],
  run(config, inputs) {
    config.word("capacity_rule", ["max(1, ceil(2*cf*S/E))"]);
    config.word("gate_normalisation", ["g/(g1+g2), before capacity drop"]);
    const secondExpert = config.word("second_expert_policy", ["all", "random"]);
    const options = { select: "gshard", secondExpert, renormalize: true, topK: 2 } as const;
    const logits = logitsOf(inputs);
    const context = { training: true, uniform: inputs.list("uniform") };
    const routing = route(logits, { ...options, capacityFactor: config.number("capacity_factor") }, context);
    sameCapacity(config, routing.capacity);
    const [unlimited, all] = (["random", "all"] as const).map((policy) =>
      route(logits, { ...options, secondExpert: secondExpert === "all" ? "all" : policy }, context),
    );
    const column = (values: ArrayLike<number>, slot: 0 | 1): number[] =>
      Array.from({ length: routing.nToken }, (_, n) => values[2 * n + slot]);
    const [first, second] = [column(routing.positions, 0), column(routing.positions, 1)];
    const sent = column(unlimited.positions, 1).map((p) => Number(p >= 0));
    const loss = gshardBalanceLoss(routing).item();
    return {
      probs: numbersIn(routing.probs),
      expert1: nested(column(routing.wanted, 0)),
      expert2: nested(column(routing.wanted, 1)),
      gate1: nested(column(read(all.weights), 0)),
      gate2: nested(column(read(all.weights), 1)),
      second_kept_by_policy: nested(sent),
      position1: nested(first),
      position2: nested(second),
      ...places(routing),
      dropped_first: where(first, (p) => p < 0),
      dropped_second: where(second, (p, n) => p < 0 && sent[n] === 1),
      fully_dropped: where(first, (p, n) => p < 0 && second[n] < 0),
      aux_loss_gshard: nested(loss),
      aux_loss_switch_scale: nested(loss * routing.nExpert ** 2),
    };
  },
};

/** Whoever finds its expert full goes to the next-best one with room. */
export const nextBestOverflow: RouterRun = {
  exact: [
    ...["preference", "original_topk", "assigned", "position_in_expert", "preference_rank_used"],
    ...["load", "overflowed", "dropped"],
  ],
  run(config, inputs) {
    const logits = logitsOf(inputs);
    const [capacity, topK] = [config.number("capacity"), config.number("k")];
    const order = config.word("order", ["slot-major", "token-major"]) === "slot-major" ? "slotMajor" : "tokenMajor";
    const [raw, routing] = [false, true].map((renormalize) =>
      route(logits, { topK, renormalize, capacityFactor: 1, overflow: "nextBest", order }, { capacity }),
    );
    const { nToken, nExpert, positions, ranks, slots } = routing;
    const scored = { scores: read(routing.probs).slice(), nToken, nExpert };
    return {
      probs: numbersIn(routing.probs),
      preference: nested(Array.from({ length: nToken }, (_, n) => preference(scored, n))),
      original_topk: byToken(routing.wanted, routing),
      assigned: byToken(
        routing.experts.map((e, i) => (positions[i] < 0 ? -1 : e)),
        routing,
      ),
      position_in_expert: byToken(positions, routing),
      preference_rank_used: byToken(ranks, routing),
      load: nested(
        counts(
          routing.experts.filter((_, i) => positions[i] >= 0),
          nExpert,
        ),
      ),
      overflowed: assignmentsWhere(routing, (i) => ranks[i] !== slots[i]),
      dropped: assignmentsWhere(routing, (i) => positions[i] < 0),
      weights_raw: numbersIn(raw.weights),
      weights_normalised: numbersIn(routing.weights),
    };
  },
};
