/** Mixtral: every feed-forward layer is a mixture of gated experts. Names and defaults: transformers, models/mixtral.
 *  Source: Jiang et al. 2024, §2, https://arxiv.org/abs/2401.04088 */

import { MoE } from "../../../moe/moe.js";
import type { Family } from "./family.js";
import { assembled, attentionOf, decoderOf, expertsOf, mixtureNames, shapeOf, windowsOf } from "./parts.js";

export const mixtral: Family = (fields, rng) => {
  const shape = shapeOf(fields, { vocabSize: 32000, dModel: 4096, dHidden: 14336, nLayer: 32, nHead: 32, eps: 1e-5 });
  const attention = attentionOf(fields, { nHead: 32, nKvHead: 8, theta: 1e6 }, {});
  const windows = windowsOf(fields, shape.nLayer, fields.orNull("sliding_window", null), () => true);
  const dExpert = fields.integer("intermediate_size", 14336);
  const experts = {
    ...expertsOf(fields, ["num_local_experts", "num_experts"], 8, 2),
    activation: fields.activation("hidden_act", "silu"),
    renormalize: true,
    gated: true,
    bias: false,
  };
  const model = decoderOf(fields, rng, shape, (i, own) => ({
    attention: attention(shape.dModel, own.fork("attention"), windows[i]),
    feedForward: new MoE(shape.dModel, dExpert, { rng: own.fork("feedForward"), ...experts }),
  }));
  const names = mixtureNames("block_sparse_moe", { gate: "w1", up: "w3", down: "w2" });
  return assembled(model, names, { auxiliary: fields.number("router_aux_loss_coef", 0.001) });
};
