/** A twin as the Hugging Face architecture that it equals. */

import type { ConfigInput, ModelConfig } from "../../../config/model.js";
import { balanceFactors } from "../../../config/router/defaults.js";
import type { StateDict } from "../../../nn/module.js";
import type { Norm } from "../../../nn/norms.js";
import { isRecord } from "../../../format/record.js";
import { sizeOf } from "../../../tensor/check.js";
import { Generator } from "../../../tensor/random.js";
import { sentence, showAll } from "../../../text/show.js";
import type { Transformer } from "../../transformer.js";
import { transformer } from "../../twins.js";
import type { Decoder } from "../decoder.js";
import type { Pretrained } from "../load.js";
import { families } from "../families/index.js";
import { Fields, nameOfActivation } from "../fields.js";
import type { Sources } from "../sources.js";
import { inWords, obstacles, sumsTo1, type Target, titles } from "./obstacles.js";

type Config = Readonly<Record<string, unknown>>;

/** A model that is put together from a published family's parts, and what a file of it needs. */
export interface Published {
  config: Config;
  model: Decoder;
  sources: Sources;
}

/** The same logits from the parts of a published family. Throws one sentence that lists what stands in the way, if anything does. */
export function published(twin: Transformer): Published {
  const { target, inTheWay } = obstacles(twin.config);
  if (inTheWay.length > 0)
    throw new RangeError(
      sentence(
        `savePretrained: this twin equals no architecture of Hugging Face; ${titles[target]} is nearest, and in its way are ${inWords(inTheWay)}`,
      ),
    );
  const config = configOf(twin, target);
  const { model, sources } = families[target](new Fields(config), new Generator(0));
  model.loadStateDict(filled(model.stateDict(), twin.stateDict()));
  return { config, model, sources };
}

/** The twin's numbers in a model that may have more: GPT-2 has biases always, which are 0 here, and Qwen2-MoE a gate of its shared
 *  experts. With weights of 0 it halves what they give, for every token, so their last layer is doubled: exact in any float format. */
function filled(wanted: StateDict, own: StateDict): StateDict {
  const homeless = Object.keys(own).filter((path) => !Object.hasOwn(wanted, path));
  if (homeless.length > 0)
    throw new RangeError(
      `savePretrained: there is no place for ${showAll(homeless)}: merge adapters by mergeLora, and take others off`,
    );
  const state = Object.entries(wanted).map(([path, { shape }]): [string, StateDict[string]] => {
    if (!Object.hasOwn(own, path)) return [path, { shape, data: new Float32Array(sizeOf(shape)) }];
    const isHalved = path.endsWith(HALVED);
    return [path, isHalved ? { shape, data: Float32Array.from(own[path].data, (w) => 2 * w) } : own[path]];
  });
  return Object.fromEntries(state);
}

/** The twin that such a file was written from, with its config whole: the router's noise, balance and the like have no place in
 *  Hugging Face's fields, so they stand beside them, under "twinformer". Throws where they do not, or the weights are of another shape.
 *  @example
 *  const form = { normalization: "rmsNorm", positions: "rotary", gated: true, nExpert: 4, balance: 0.02 } as const;
 *  const twin = transformer({ vocabSize: 5, blockSize: 8, nLayer: 1, nHead: 1, dModel: 4, ...form });
 *  twinOf(await loadPretrained(pretrainedFiles(twin))).config.balance; // => 0.02 */
export function twinOf({ config, model }: Pick<Pretrained, "config" | "model">): Transformer {
  const { twinformer } = config;
  if (!isRecord(twinformer))
    throw new RangeError(
      'twinOf: config.json has no "twinformer", the config that savePretrained writes for a twin: use what loadPretrained gave as it is',
    );
  const twin = transformer(twinformer as unknown as ConfigInput);
  const loaded = model.stateDict();
  const own = Object.entries(twin.stateDict()).map(([path, { shape }]): [string, StateDict[string]] => {
    if (!Object.hasOwn(loaded, path)) throw new RangeError(`twinOf: the file has no weights for ${path}`);
    const { data } = loaded[path];
    return [path, { shape, data: path.endsWith(HALVED) ? Float32Array.from(data, (w) => w / 2) : data }];
  });
  twin.loadStateDict(Object.fromEntries(own));
  return twin.eval();
}

/** What Qwen2-MoE's gate halves. */
const HALVED = ".shared.down.weight";

function configOf({ config, norm }: Transformer, target: Target): Config {
  const { eps } = norm as Norm; // a twin without norms equals none of them
  const special = { bos_token_id: null, eos_token_id: null, pad_token_id: null }; // or Llama's text would end at token 2
  return {
    ...{ model_type: target, architectures: [architectures[target]], vocab_size: config.vocabSize },
    ...(target === "gpt2" ? ofGPT2(config, eps) : ofLlama(config, eps)),
    ...(config.nExpert > 0 ? ofExperts(config) : {}),
    ...(target === "qwen2_moe" ? ofSharedExperts(config) : {}),
    ...{ tie_word_embeddings: true, ...special, twinformer: config },
  };
}

const architectures: Readonly<Record<Target, string>> = {
  gpt2: "GPT2LMHeadModel",
  llama: "LlamaForCausalLM",
  mixtral: "MixtralForCausalLM",
  qwen2_moe: "Qwen2MoeForCausalLM",
};

/** The twins have no dropout, which GPT-2 has unless it is told. */
const ofGPT2 = (c: ModelConfig, eps: number): Config => ({
  ...{ n_positions: c.blockSize, n_embd: c.dModel, n_inner: c.dHidden, n_layer: c.nLayer, n_head: c.nHead },
  ...{ activation_function: nameOfActivation(c.activation), layer_norm_epsilon: eps },
  ...{ resid_pdrop: 0, embd_pdrop: 0, attn_pdrop: 0 },
});

/** What Llama and the mixtures after it have in common. */
const ofLlama = (c: ModelConfig, eps: number): Config => ({
  ...{ hidden_size: c.dModel, num_hidden_layers: c.nLayer, num_attention_heads: c.nHead, num_key_value_heads: c.nHead },
  ...{ intermediate_size: c.nExpert > 0 ? c.dExpert : c.dHidden, hidden_act: nameOfActivation(c.activation) },
  ...{ max_position_embeddings: c.blockSize, rms_norm_eps: eps, rope_theta: 10_000 },
  ...(c.nExpert > 0 ? {} : { attention_bias: c.bias, mlp_bias: c.bias }),
});

/** transformers' auxiliary loss counts the tokens of all layers together and is K where loads are even, ours is 1 in each layer: the
 *  factor makes them equal there. */
const ofExperts = (c: ModelConfig): Config => ({
  [c.nSharedExpert > 0 ? "num_experts" : "num_local_experts"]: c.nExpert,
  num_experts_per_tok: c.topK,
  router_aux_loss_coef: ((balanceFactors(c.balance).switch ?? 0) * c.nLayer) / c.topK,
});

const ofSharedExperts = (c: ModelConfig): Config => ({
  ...{ moe_intermediate_size: c.dExpert, shared_expert_intermediate_size: c.nSharedExpert * c.dExpert },
  ...{ norm_topk_prob: sumsTo1(c), qkv_bias: false, decoder_sparse_step: 1, mlp_only_layers: [] },
});
