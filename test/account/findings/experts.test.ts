import { describe, expect, it } from "vitest";
import { account, cacheBytesPerToken, type Config } from "../../../lib/account/index.js";

const sizes = { vocab_size: 100, hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 4, intermediate_size: 80 };
const gpt = { model_type: "mygpt", n_embd: 64, n_layer: 2, n_head: 4, vocab_size: 100 };
/** Refused in a sentence, or counted with all that the fields say. */
function outcome(config: Config): string {
  try {
    const { total, notes } = account(config);
    return `${total} ${notes.join("\n")}`;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : "";
  }
}

describe("A8: experts by names that no family has", () => {
  it.each(["num_experts", "n_experts", "moe_num_experts", "n_exp", "num_local_experts"])(
    "%s beside GPT-2's names is refused by its name",
    (field) => {
      expect(outcome({ ...gpt, [field]: 8, num_experts_per_tok: 2 })).toMatch(new RegExp(`ConfigError: .*${field}`));
    },
  );

  it.each([{ n_exp: 8 }, { moe: { num_experts: 8 } }, { moe_router_topk: 2 }, { moe_top_k: 2 }])(
    "%j beside Llama's names is refused by its name",
    (fields) => {
      expect(outcome({ model_type: "x", ...sizes, ...fields })).toMatch(
        new RegExp(`ConfigError: .*${Object.keys(fields)[0]}`),
      );
    },
  );

  it.each(["num_shared_experts", "n_shared_experts", "moe_num_shared_experts", "num_shared_expert"])(
    "%s is counted",
    (field) => {
      const config = { model_type: "x", ...sizes, num_experts: 8, moe_intermediate_size: 32, num_experts_per_tok: 2 };
      const shared = account({ ...config, [field]: 2 }).total - account(config).total;
      expect(shared).toBe(BigInt(2 * 2 * 3 * 64 * 32));
    },
  );

  it.each(["use_moe", "enable_moe", "is_moe"])("%s false turns all fields of experts off, and that is said", (flag) => {
    const dense = { model_type: "x", ...sizes };
    const off = account({
      ...dense,
      [flag]: false,
      n_routed_experts: 4,
      moe_intermediate_size: 16,
      num_experts_per_tok: 2,
    });
    expect(off.total).toBe(account(dense).total);
    expect(off.moeLayers).toBe(0);
    expect(off.notes.join("\n")).toContain(`${flag} is false, so that the fields of experts count nothing`);
    expect(account({ ...dense, [flag]: true, num_experts: 4, moe_intermediate_size: 16 }).moeLayers).toBe(2);
  });
});

describe("A3: the number of experts under the name that transformers 5 writes", () => {
  it.each(["qwen3_moe", "qwen3_vl_moe_text", "brandnew"])("%s", (type) => {
    const config = {
      model_type: type,
      ...sizes,
      moe_intermediate_size: 16,
      num_experts_per_tok: 2,
      num_key_value_heads: 4,
    };
    expect(account({ ...config, num_local_experts: 8 }).total).toBe(account({ ...config, num_experts: 8 }).total);
  });
});

it("A6: Hunyuan-Large keeps 82 kB a token, since two layers share their keys and values", () => {
  const shared = { use_cla: true, cla_share_factor: 2, num_experts: 16, moe_topk: 1 };
  const large = { hidden_size: 6400, num_hidden_layers: 64, num_attention_heads: 80, num_key_value_heads: 8 };
  expect(cacheBytesPerToken(account({ model_type: "hunyuan", ...large, ...shared }))).toBe(81_920);
});
