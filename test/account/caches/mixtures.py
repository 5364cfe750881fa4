"""Counts the numbers in transformers' real caches: tiny models read a text on the CPU, and what they keep is measured.

    build/torch/bin/python test/account/caches/mixtures.py    # writes test/golden/caches/mixtures.json

What is kept for a window is one token short of it in transformers, since the present token comes in before the oldest goes.
"""

import json
import logging
import pathlib

import torch
import transformers

TOKENS = (16, 48)  # more than any window below, and multiples of all compression rates
BASE = {
    "vocab_size": 64,
    "hidden_size": 32,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "pad_token_id": 0,
}
DENSE = {"intermediate_size": 16}
GROUPED = BASE | DENSE | {"num_key_value_heads": 2}
WIDE = GROUPED | {"head_dim": 8}
SMALL = {"moe_intermediate_size": 8, "num_experts_per_tok": 2}
WINDOW = {"sliding_window": 5}
TURNS = {"layer_types": ["sliding_attention", "full_attention"] * 2}
MLA = {"kv_lora_rank": 8, "q_lora_rank": 12, "qk_nope_head_dim": 6, "qk_rope_head_dim": 4, "v_head_dim": 10}
LATENT = BASE | DENSE | MLA | SMALL | {"n_routed_experts": 8}
GROUPS = {"n_group": 2, "topk_group": 1}
INDEXER = {"index_head_dim": 8, "index_n_heads": 2}
DELTA = {
    "linear_conv_kernel_dim": 3,
    "linear_key_head_dim": 6,
    "linear_value_head_dim": 4,
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 4,
}
MAMBA2 = {
    "mamba_n_heads": 4,
    "mamba_d_head": "auto",
    "mamba_n_groups": 2,
    "mamba_d_state": 6,
    "mamba_d_conv": 3,
    "mamba_expand": 2,
}
SHARED = {"shared_expert_intermediate_size": 8}
CONFIGS = {
    "afmoe": WIDE | SMALL | WINDOW | {"num_experts": 4},
    "aria_text": GROUPED | {"moe_num_experts": 4},
    "bailing_hybrid": LATENT | {"num_experts": 8, "num_expert_group": 2, "topk_group": 1, "head_dim": 8, "layer_group_size": 2},
    "bamba": GROUPED | MAMBA2 | {"attn_layer_indices": [1]},
    "cohere2_moe": WIDE | WINDOW | {"num_experts": 4},
    "deepseek_v3": LATENT | GROUPS,
    "deepseek_v32": LATENT | GROUPS | INDEXER,
    "deepseek_v4": BASE
    | SMALL
    | {
        "num_key_value_heads": 1,
        "head_dim": 16,
        "q_lora_rank": 12,
        "o_groups": 2,
        "o_lora_rank": 6,
        "hc_mult": 2,
        "index_head_dim": 16,
        "index_n_heads": 2,
        "n_routed_experts": 8,
        "sliding_window": 8,
        "compress_ratios": [128, 4, 128, 4],
        "compress_rates": {"compressed_sparse_attention": 4, "heavily_compressed_attention": 8},
    },
    "doge": GROUPED | {"is_moe": True, "num_experts": 16, "num_experts_per_tok": 2},
    "exaone_moe": WIDE | SMALL | WINDOW | {"num_experts": 4},
    "falcon_h1": GROUPED | MAMBA2 | {"mamba_d_ssm": 32},
    "flex_olmo": GROUPED | {"num_experts": 4, "num_experts_per_tok": 2},
    "flint": WIDE | SMALL | WINDOW | SHARED | {"num_experts": 4},
    "glm4_moe_lite": LATENT,
    "glm_moe_dsa": LATENT | INDEXER | {"index_topk_freq": 2},
    "granitemoe_swa": GROUPED | WINDOW | {"num_local_experts": 4},
    "granitemoehybrid": GROUPED
    | MAMBA2
    | {
        "layer_types": ["linear_attention", "full_attention"] * 2,
        "num_local_experts": 4,
        "shared_intermediate_size": 8,
    },
    "hunyuan_v1_moe": WIDE | {"num_experts": 4, "moe_topk": 2},
    "hy_v3": WIDE | SMALL | {"num_experts": 4},
    "hy_v4": LATENT | INDEXER | {"hc_mult": 2},
    "inkling_text": WIDE
    | SMALL
    | {
        "swa_num_attention_heads": 4,
        "swa_num_key_value_heads": 4,
        "swa_head_dim": 4,
        "sliding_window_size": 6,
        "n_routed_experts": 4,
        "n_shared_experts": 1,
        "d_rel": 4,
        "rel_extent": 16,
        "conv_kernel_size": 3,
        "local_layer_ids": [0, 2],
    },
    "jetmoe": {
        "vocab_size": 64,
        "hidden_size": 32,
        "intermediate_size": 16,
        "num_hidden_layers": 4,
        "num_key_value_heads": 2,
        "kv_channels": 8,
        "num_local_experts": 4,
    },
    "laguna": WIDE | SMALL | WINDOW | TURNS | SHARED | {"num_experts": 4},
    "lfm2": GROUPED | {"full_attn_idxs": [1, 3]},
    "lfm2_moe": GROUPED | SMALL | {"num_experts": 4, "layer_types": ["conv", "full_attention"] * 2},
    "mellum": WIDE | SMALL | WINDOW | TURNS | {"num_local_experts": 4},
    "mimo_v2_flash": WIDE | SMALL | {"v_head_dim": 6, "n_routed_experts": 4, "sliding_window": 6},
    "minimax_m3_vl_text": WIDE
    | INDEXER
    | {
        "num_local_experts": 4,
        "num_experts_per_tok": 2,
        "dense_intermediate_size": 8,
        "shared_intermediate_size": 8,
        "rotary_dim": 4,
        "index_block_size": 4,
        "layer_types": ["minimax_m3_sparse", "full_attention"] * 2,
    },
    "nemotron_h": {
        "vocab_size": 64,
        "hidden_size": 32,
        "intermediate_size": 16,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "ssm_state_size": 6,
        "mamba_num_heads": 4,
        "mamba_head_dim": 16,
        "n_groups": 2,
        "conv_kernel": 3,
        "moe_intermediate_size": 8,
        "n_routed_experts": 4,
        "layers_block_type": ["linear_attention", "moe", "full_attention", "mlp", "linear_attention"],
    },
    "qwen2_moe": GROUPED
    | SMALL
    | SHARED
    | WINDOW
    | {"num_experts": 4, "use_sliding_window": True, "max_window_layers": 3},
    "qwen3_5_moe_text": WIDE | DELTA | SMALL | SHARED | {"num_experts": 4},
    "qwen3_5_text": WIDE | DELTA,
    "qwen3_moe": WIDE | SMALL | WINDOW | {"num_experts": 4, "use_sliding_window": True},
    "sarvam_moe": WIDE | SMALL | {"n_routed_experts": 4},
    "solar_open": BASE | SMALL | {"num_key_value_heads": 2, "head_dim": 8, "n_routed_experts": 4},
    "zaya": BASE
    | {
        "num_key_value_heads": 2,
        "head_dim": 8,
        "num_experts": 4,
        "moe_intermediate_size": 8,
        "router_hidden_size": 6,
        "sliding_window": 6,
        "layer_types": ["hybrid", "hybrid_sliding"] * 2,
    },
}


def tensors(thing, found):
    """All tensors with numbers for tokens that hang on a cache, each once."""
    if isinstance(thing, torch.Tensor):
        if thing.dim() > 1 and thing.numel() > 0:
            found[(thing.untyped_storage().data_ptr(), tuple(thing.shape))] = thing.numel()
    elif isinstance(thing, dict):
        for one in thing.values():
            tensors(one, found)
    elif isinstance(thing, (list, tuple)):
        for one in thing:
            tensors(one, found)
    elif type(thing).__module__.startswith("transformers"):
        tensors(vars(thing), found)


def kept(model_type, fields, tokens):
    config = transformers.CONFIG_MAPPING[model_type](**fields)
    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(config).float().eval()
    with torch.no_grad():
        out = model(input_ids=torch.randint(3, 63, (1, tokens)), use_cache=True)
    cache = getattr(out, "past_key_values", None)
    found = {}
    tensors((out.cache if cache is None else cache).layers, found)
    return sum(found.values())


def main():
    logging.disable(logging.WARNING)
    rows = []
    for model_type, fields in CONFIGS.items():
        numbers = [kept(model_type, fields, tokens) for tokens in TOKENS]
        rows.append({"config": {"model_type": model_type, **fields}, "numbers": numbers})
        print(model_type, numbers)
    path = pathlib.Path(__file__).resolve().parents[2] / "golden" / "caches" / "mixtures.json"
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    head = json.dumps({"transformers": transformers.__version__, "tokens": TOKENS}, separators=(",", ":"))[1:-1]
    path.write_text(f'{{"made_by":"test/account/caches/mixtures.py",{head},"rows":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
