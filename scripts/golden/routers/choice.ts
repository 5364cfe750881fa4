/** Who chooses whom: top-k, noisy top-k, groups, expert choice. */

import { combine, dispatch, planByExpert } from "../../../lib/moe/dispatch.js";
import {
  chanceToBeChosen,
  cv2,
  expertsTake,
  loadCV,
  route,
  routeTopK,
  scoresOf,
  selectGroupLimited,
  summedWeights,
  switchBalanceLoss,
} from "../../../lib/moe/index.js";
import { groupedLinear } from "../../../lib/tensor/ops/grouped.js";
import { read } from "../../../lib/tensor/tensor.js";
import { add, fromArray, logSoftmax, matmul, mul, sum, type Tensor } from "../../../lib/tensor/index.js";
import { nested, numbersIn } from "../data.js";
import { byToken, counts, dense, logitsOf, matrix, type RouterRun, where } from "./parts.js";

/** Softmax, the k best, Mixtral's balance loss. */
export const topkLoadBalancing: RouterRun = {
  exact: ["selected"],
  run(config, inputs) {
    const [logits, k] = [logitsOf(inputs), config.number("k")];
    const routing = routeTopK(logits, { topK: k });
    const balance = switchBalanceLoss(routing).item();
    const entropy = -sum(mul(routing.probs, logSoftmax(logits, -1)) as Tensor).item() / routing.nToken;
    return {
      selected: byToken(routing.experts, routing),
      weights_normalised: numbersIn(routing.weights),
      weights_raw: numbersIn(routeTopK(logits, { topK: k, renormalize: false }).weights),
      f: nested(routing.load.map((share) => share * k)),
      P: nested(routing.importance),
      loss_hf_mixtral: nested(balance * k),
      loss_divided_by_k: nested(balance),
      load_fraction: nested(routing.load),
      mean_router_entropy: nested(entropy),
      cv2_load: nested(loadCV(routing.load) ** 2),
    };
  },
};

/** Noise that the network learns, and the losses of importance and load with their gradients. */
export const shazeerNoisyTopk: RouterRun = {
  exact: ["selected", "selected_without_noise", "hard_load"],
  run(config, inputs) {
    const x = matrix(inputs, "x");
    const [gate, noise] = ["W_g", "W_noise"].map((name) => matrix(inputs, name, { learned: true }));
    const topK = config.number("k");
    const [clean, spread] = [matmul(x, gate) as Tensor, matmul(x, noise) as Tensor];
    const context = { training: true, spread, noise: matrix(inputs, "noise") };
    const routing = route(clean, { topK, renormalize: true, noise: "learned" }, context);
    const noisy = routing.noisy!;
    const { chance, threshold } = chanceToBeChosen(clean, noisy, topK);
    const [importance, load]: Tensor[] = [summedWeights(routing), sum(chance, 0)];
    const losses = {
      importance: mul(cv2(importance), config.number("w_importance")),
      load: mul(cv2(load), config.number("w_load")),
    };
    const loss = add(losses.importance, losses.load);
    loss.backward();
    return {
      clean_logits: numbersIn(clean),
      noise_std: numbersIn(noisy.std),
      noisy_logits: numbersIn(noisy.logits),
      gates: dense(routing),
      selected: byToken(routing.experts, routing),
      selected_without_noise: byToken(route(clean, { topK, renormalize: true, noise: "learned" }).experts, routing),
      threshold_excluding_i: numbersIn(threshold),
      prob_in_topk: numbersIn(chance),
      importance: numbersIn(importance),
      load: numbersIn(load),
      hard_load: nested(counts(routing.experts, routing.nExpert)),
      cv2_importance: nested(cv2(importance).item()),
      cv2_load: nested(cv2(load).item()),
      cv2_importance_sample_var: nested(cv2(importance, 1).item()),
      cv2_load_sample_var: nested(cv2(load, 1).item()),
      loss_importance: nested(losses.importance.item()),
      loss_load: nested(losses.load.item()),
      loss: nested(loss.item()),
      grad_loss_W_g: gate.grad ? numbersIn(gate.grad) : { shape: gate.shape, data: new Float64Array(gate.size) },
      grad_loss_W_noise: noise.grad
        ? numbersIn(noise.grad)
        : { shape: noise.shape, data: new Float64Array(noise.size) },
    };
  },
};

/** DeepSeek-V3: sigmoid scores, groups first, a bias that takes part in the choice alone. */
export const deepseekGroupLimited: RouterRun = {
  exact: ["selected", "selected_groups"],
  run(config, inputs) {
    config.word("group_score", ["sum of the 2 largest (s+b) in the group"]);
    const groups = {
      topK: config.number("top_k"),
      nGroup: config.number("n_group"),
      topKGroup: config.number("topk_group"),
    };
    const logits = logitsOf(inputs);
    const [nToken, nExpert] = logits.shape;
    const selectionBias = inputs.list("bias");
    const renormalize = config.flag("norm_topk_prob");
    const scale = config.number("routed_scaling_factor");
    const options = { ...groups, select: "groupLimited", score: "sigmoid", renormalize, scale } as const;
    const routing = route(logits, options, { selectionBias });
    const scores = scoresOf(logits, "sigmoid");
    const shifted = read(scores).map((s, i) => s + selectionBias[i % nExpert]);
    const chosen = selectGroupLimited({ scores: shifted, nToken, nExpert }, { ...groups, groupScore: "top2" }).groups;
    return {
      scores: numbersIn(scores),
      group_scores: { shape: [nToken, groups.nGroup], data: chosen.scores },
      selected_groups: { shape: [nToken, groups.topKGroup], data: chosen.chosen },
      selected: byToken(routing.experts, routing),
      weights: numbersIn(routing.weights),
    };
  },
};

/** Experts choose tokens; each expert is one matrix. */
export const expertChoice: RouterRun = {
  exact: ["I", "P", "experts_per_token", "histogram_experts_per_token", "tokens_without_expert", "k_tokens_per_expert"],
  run(config, inputs) {
    config.word("rule", ["k = floor(S*c/E)"]);
    config.word("expert", ["x_e = x @ W_e (linear)"]);
    const x = matrix(inputs, "x");
    const logits = matmul(x, matrix(inputs, "W_g")) as Tensor;
    const [nToken, nExpert] = logits.shape;
    const capacityFactor = config.number("capacity_factor");
    const routing = route(logits, { select: "expertChoice", topK: 1, capacityFactor, renormalize: false });
    const perExpert = config.number("k_tokens_per_expert");
    if (routing.capacity !== perExpert)
      throw new Error(`k_tokens_per_expert is ${routing.capacity}, expected ${perExpert}`);
    const scores = read(routing.probs).slice();
    const taken = expertsTake({ scores, nToken, nExpert }, perExpert);
    const matrices = inputs.get("W_e") as number[][][]; // [E, In, Out]; the library keeps [E, Out, In]
    const weights = matrices.flatMap((w) => w[0].flatMap((_, out) => w.map((row) => row[out])));
    const plan = planByExpert(routing);
    const shape = [nExpert, matrices[0][0].length, matrices[0].length];
    const { y: rows } = groupedLinear(dispatch(x, plan), fromArray(weights, shape), null, plan.starts);
    const perToken = counts(routing.tokens, nToken);
    return {
      scores: numbersIn(routing.probs),
      I: nested(taken),
      G: nested(taken.map((tokens, e) => tokens.map((n) => scores[n * nExpert + e]))),
      P: nested(taken.map((tokens) => tokens.map((n) => Array.from({ length: nToken }, (_, m) => Number(m === n))))),
      y: numbersIn(combine(rows, routing.weights, plan)),
      experts_per_token: nested(perToken),
      histogram_experts_per_token: nested(
        Array.from({ length: nExpert + 1 }, (_, c) => perToken.filter((n) => n === c).length),
      ),
      tokens_without_expert: where(perToken, (n) => n === 0),
    };
  },
};
