/** What one forward pass of a published model gives, by the names of outputs.safetensors. */

import type { Pretrained, Trace } from "../../../lib/models/pretrained/index.js";
import { MoE, type Routing } from "../../../lib/moe/index.js";
import { fromArray, reshape, type Tensor } from "../../../lib/tensor/index.js";
import { read } from "../../../lib/tensor/tensor.js";
import type { Numbers } from "../compare.js";
import { numbersIn } from "../data.js";

export interface Given {
  ids: Numbers;
  labels: Numbers;
  mask: Numbers | null;
}

export const int32 = ({ shape, data }: Numbers): Tensor => fromArray(data, shape as number[], "int32");

export function outputsOf(pretrained: Pretrained, { ids, labels, mask }: Given): Record<string, Numbers> {
  const trace: Trace = { hiddenStates: [], feedForwardInputs: [] };
  const padding = mask && int32(mask);
  const output = pretrained.forward(int32(ids), { mask: padding, trace });
  const { crossEntropy, auxiliary, total } = pretrained.losses(output, int32(labels), padding);
  const scalar = (x: Tensor): Numbers => ({ shape: [1], data: [x.item()] });
  const mixtures = pretrained.model.blocks.flatMap(({ feedForward }, i) => (feedForward instanceof MoE ? [i] : []));
  return {
    logits: numbersIn(output.logits),
    loss_ce: scalar(crossEntropy),
    loss_total: scalar(total),
    ...(auxiliary ? { aux_loss: scalar(auxiliary) } : {}),
    ...Object.fromEntries(trace.hiddenStates.map((x, i) => [`hidden_states.${i}`, numbersIn(x)])),
    ...Object.fromEntries(
      mixtures.flatMap((layer, i) => {
        const x = trace.feedForwardInputs[layer];
        const rows: Tensor = reshape(x, [-1, x.shape[2]]);
        const found = { moe_input: numbersIn(rows), ...routed(output.routings[i]) };
        return Object.entries(found).map(([name, numbers]) => [`layers.${layer}.${name}`, numbers]);
      }),
    ),
  };
}

/** The choices of each token in the order of falling weights. */
function routed(routing: Routing): Record<string, Numbers> {
  const { nToken, topK, experts, logits } = routing;
  const k = topK!;
  const weights = read(routing.weights);
  const order = Array.from({ length: nToken }, (_, n) =>
    Array.from({ length: k }, (_, i) => n * k + i).sort((a, b) => weights[b] - weights[a]),
  ).flat();
  return {
    router_logits: numbersIn(logits!),
    selected_experts: { shape: [nToken, k], data: order.map((i) => experts[i]) },
    routing_weights: { shape: [nToken, k], data: order.map((i) => weights[i]) },
  };
}
