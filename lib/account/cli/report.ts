/** What `count` and `compare` say of one model, as data. */

import type { Account } from "../account.js";
import type { Kind } from "../part.js";
import { cacheBytes, cacheBytesPerToken } from "../memory/cache.js";
import { DTYPES, type Dtype, weightBytes } from "../memory/dtypes.js";
import type { Counted } from "./source.js";

export interface Component {
  readonly component: Kind;
  readonly total: bigint;
  readonly active: bigint;
}

/** The kinds of parameters that the model has. */
export function components({ byKind, activeByKind }: Account): Component[] {
  const rows = (Object.keys(byKind) as Kind[]).map((component) => ({
    component,
    total: byKind[component],
    active: activeByKind[component],
  }));
  return rows.filter(({ total }) => total > 0n);
}

export const weights = (counted: Account): Record<Dtype, number> =>
  Object.fromEntries(DTYPES.map((dtype) => [dtype, Math.round(weightBytes(counted, dtype))])) as Record<Dtype, number>;

/** The object that `--json` prints: counts are exact integers, bytes are whole. */
export function jsonReport({ name, account: a }: Counted, tokens: number): Record<string, unknown> {
  return {
    name,
    model_type: a.modelType,
    counted_as: a.countedAs,
    total: a.total,
    active: a.active,
    active_without_input_embed: a.activeWithoutInputEmbedding,
    active_without_embed: a.activeWithoutEmbeddings,
    total_without_embed: a.totalWithoutEmbeddings,
    embed: a.byKind.embedding,
    lm_head: a.byKind.head,
    tied: a.tied,
    position_embed: a.byKind.position,
    router_params: a.byKind.router,
    expert_params_each: a.oneExpert,
    n_experts: a.experts.total,
    top_k: a.experts.topK,
    shared_experts: a.experts.shared,
    shared_expert_params: a.byKind["shared expert"],
    routed_expert_params: a.byKind.expert,
    layers: a.layers,
    moe_layers: a.moeLayers,
    dense_layers: a.layers - a.moeLayers,
    attention_params: a.byKind.attention,
    dense_mlp_params: a.byKind["feed-forward"],
    norm_params: a.byKind.norm,
    other_params: a.byKind.other,
    persistent_buffers: a.buffers.total,
    total_checkpoint: a.total + a.buffers.total,
    components: components(a),
    weight_bytes: weights(a),
    kv_cache_bytes_per_token: cacheBytesPerToken(a),
    kv_cache_bytes: { tokens, bytes: cacheBytes(a, { tokens }) },
    notes: a.notes,
  };
}
