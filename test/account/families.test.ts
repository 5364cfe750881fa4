import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { account } from "../../lib/account/index.js";
import { families } from "../../lib/account/families/index.js";
import { type Row, rows, types } from "./rows.js";

function counted(config: Row["config"]) {
  const { byKind, buffers, ...all } = account(config);
  return {
    total: Number(all.total),
    active: Number(all.active),
    lm_head: Number(byKind.head),
    embed: Number(byKind.embedding),
    position_embed: Number(byKind.position),
    shared_expert_params: Number(byKind["shared expert"]),
    router_params: Number(byKind.router),
    routed_expert_params: Number(byKind.expert),
    attention_params: Number(byKind.attention),
    norm_params: Number(byKind.norm),
    dense_mlp_params: Number(byKind["feed-forward"]),
    other_params: Number(byKind.other),
    expert_params_each: Number(all.oneExpert),
    n_experts: all.experts.total,
    top_k: all.experts.topK,
    shared_experts: all.moeLayers > 0 ? all.experts.shared : 0,
    layers: all.layers,
    moe_layers: all.moeLayers,
    persistent_buffers: Number(buffers.total),
    persistent_buffer_names: [...buffers.names].sort(),
  };
}

/** Another type, which has rows, is counted by the same family. */
const shares = (type: string): boolean => types.some((other) => families[other] === families[type]);

describe("every family counts what transformers' class allocates", () => {
  it.each(types)("%s: by component, with defaults and with random fields", (type) => {
    const own = rows.filter((row) => row.config.model_type === type);
    expect(own.length).toBeGreaterThan(5);
    for (const { config, expected } of own) expect(counted(config), JSON.stringify(config)).toEqual(expected);
  });

  it("is checked for every model_type but those that share a family or are no class of transformers", () => {
    const others = Object.keys(families).filter((type) => !types.includes(type));
    const sharing = ["gpt-sw3", "hunyuan", "kimi_k2", "minimax_text_01", "phi4mm"]; // other names of gpt2, hunyuan_v1_moe, …
    expect(sharing.filter((type) => families[type] === undefined || !shares(type))).toEqual([]);
    const inner = ["glm4v_text", "qwen3_omni_moe_text"]; // counted inside their outer class, in findings/
    expect(others.sort()).toEqual([...sharing, ...inner, "deepseek", "glam", "twinformer"].sort());
  });

  it("are as many as the changelog says", () => {
    const said = /(\d+) model types/.exec(
      readFileSync(path.join(import.meta.dirname, "../../CHANGELOG.md"), "utf8"),
    )?.[1];
    expect(said).toBe(String(Object.keys(families).length));
  });

  it("reads the language model's fields at the top, where a model of images and text has them there", () => {
    const sizes = {
      vocab_size: 101,
      hidden_size: 48,
      intermediate_size: 88,
      num_hidden_layers: 3,
      num_attention_heads: 8,
    };
    const inner = account({ model_type: "qwen2_vl_text", ...sizes });
    const flat = account({ model_type: "qwen2_vl", ...sizes });
    expect([flat.total, flat.countedAs]).toEqual([inner.total, "qwen2_vl_text"]);
    expect(flat.notes[0]).toMatch(/^only the language model is counted/);
  });
});
