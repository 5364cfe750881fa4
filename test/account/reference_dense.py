"""Dense decoders: for each family, the values that each of its parameter-bearing fields may take."""

from reference_fields import (
    ABSENT,
    BIAS,
    HEADS,
    HEAD_DIM,
    HEAD_DIM_NUMBER,
    HIDDEN,
    INNER,
    KV,
    KV_NUMBER,
    LAYERS,
    MLA,
    TIED,
    VOCAB,
    decoder,
)

NO_KV = {"num_key_value_heads": [ABSENT]}
# For classes that take a head_dim of null for a size.
OWN_HEAD_DIM = [6, 16, ABSENT]


def gpt(hidden="n_embd", layers="n_layer", heads="n_head", **fields):
    return {"vocab_size": VOCAB, hidden: HIDDEN, layers: LAYERS, heads: HEADS, "tie_word_embeddings": TIED, **fields}


def every_size(rng, config):
    """A width for each layer."""
    return [rng.choice([24, 40]) for _ in range(config["num_hidden_layers"])]


def last_full(rng, config):
    """Windows in every other layer, and none in the last."""
    n = config["num_hidden_layers"]
    return ["full_attention" if (n - 1 - i) % 2 == 0 else "sliding_attention" for i in range(n)]


def shared(rng, config):
    """How many layers at the end reuse keys and values: both kinds of layers must be among the others."""
    return rng.choice([0, config["num_hidden_layers"] - 2])


PER_LAYER = {"vocab_size_per_layer_input": [50, ABSENT], "layer_types": last_full, "num_kv_shared_layers": shared}
GEMMA = {"head_dim": [6, 16], "attention_bias": BIAS}
GEMMA4 = {
    **GEMMA,
    "num_hidden_layers": [3, 4, 6],
    "layer_types": last_full,
    "num_kv_shared_layers": shared,
    "global_head_dim": [10, ABSENT],
    "num_global_key_value_heads": [1, 2, ABSENT],
    "attention_k_eq_v": BIAS,
    "use_double_wide_mlp": BIAS,
}
MAMBA = {
    "vocab_size": VOCAB,
    "hidden_size": HIDDEN,
    "num_hidden_layers": LAYERS,
    "expand": [1, 3, ABSENT],
    "state_size": [4, ABSENT],
    "conv_kernel": [3, ABSENT],
    "time_step_rank": [5, "auto", ABSENT],
    "use_bias": BIAS,
    "use_conv_bias": BIAS,
    "tie_word_embeddings": TIED,
}


def mamba_head(rng, config):
    """Heads fill twice the width."""
    return 2 * config["hidden_size"] // config["num_heads"]


QWEN_VL = decoder(use_sliding_window=BIAS)

DENSE = {
    "gpt2": {
        "vocab_size": VOCAB,
        "n_embd": HIDDEN,
        "n_layer": [1, 2, 5, ABSENT],
        "n_head": HEADS,
        "n_positions": [16, 64, ABSENT],
        "n_inner": [40, None, ABSENT],
        "add_cross_attention": BIAS,
    },
    "gpt_neox": {
        "vocab_size": VOCAB,
        "hidden_size": [64, 128, ABSENT],
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": [4, 8, ABSENT],
        "attention_bias": BIAS,
        "tie_word_embeddings": TIED,
    },
    "gpt_neox_japanese": gpt("hidden_size", "num_hidden_layers", "num_attention_heads")
    | {"hidden_size": [64, 128, ABSENT], "intermediate_multiple_size": [2, 4, ABSENT]},
    "openai-gpt": gpt(n_positions=[16, ABSENT]),
    "ctrl": gpt(dff=[40, ABSENT]),
    "llama": decoder(attention_bias=BIAS, mlp_bias=BIAS, head_dim=HEAD_DIM),
    "mistral": decoder(head_dim=HEAD_DIM),
    "qwen2": decoder(),
    "qwen3": decoder(head_dim=HEAD_DIM_NUMBER, attention_bias=BIAS),
    "gemma": decoder(KV_NUMBER, head_dim=HEAD_DIM_NUMBER, attention_bias=BIAS),
    "gemma2": decoder(KV_NUMBER, head_dim=HEAD_DIM_NUMBER, attention_bias=BIAS),
    "phi3": decoder(pad_token_id=[0]),
    "olmo2": decoder(attention_bias=BIAS),
    "gemma3_text": decoder(KV_NUMBER, **GEMMA | {"head_dim": HEAD_DIM_NUMBER}),
    "vaultgemma": decoder(KV_NUMBER, **GEMMA | {"head_dim": HEAD_DIM_NUMBER}),
    "gemma3n_text": decoder(
        KV_NUMBER,
        **GEMMA,
        **PER_LAYER,
        hidden_size_per_layer_input=[8, 20, ABSENT],
        altup_num_inputs=[1, 2, 5, ABSENT],
        laurel_rank=[3, 10, ABSENT],
    )
    | {"intermediate_size": every_size, "num_hidden_layers": [3, 4, 6]},
    "gemma4_text": decoder(
        KV_NUMBER,
        **GEMMA4,
        vocab_size_per_layer_input=[50, ABSENT],
        hidden_size_per_layer_input=[0, 8, 20, ABSENT],
        enable_moe_block=BIAS,
        num_experts=[3, 6],
        top_k_experts=[1, 2],
        moe_intermediate_size=[12, 20],
    ),
    "gemma4_unified_text": decoder(KV_NUMBER, **GEMMA4),
    "smollm3": decoder(attention_bias=BIAS, mlp_bias=BIAS, head_dim=OWN_HEAD_DIM, pad_token_id=[0]),
    "cohere": decoder(attention_bias=BIAS, use_qk_norm=BIAS, head_dim=OWN_HEAD_DIM),
    "cohere2": decoder(attention_bias=BIAS, head_dim=OWN_HEAD_DIM),
    "olmo": decoder(attention_bias=BIAS, head_dim=OWN_HEAD_DIM),
    "olmo3": decoder(attention_bias=BIAS, head_dim=OWN_HEAD_DIM),
    "phi": decoder(qk_layernorm=BIAS),
    "phi4_multimodal": decoder(pad_token_id=[0]),
    "starcoder2": decoder(use_bias=BIAS, head_dim=HEAD_DIM),
    "gpt_bigcode": gpt(n_positions=[16, 64, ABSENT], n_inner=[40, None, ABSENT], multi_query=BIAS, add_cross_attention=BIAS),
    "falcon": gpt("hidden_size", "num_hidden_layers", "num_attention_heads")
    | {
        "hidden_size": [32, 48, 64],
        "num_attention_heads": [4, 8],
        "num_kv_heads": KV,
        "ffn_hidden_size": [40, None, ABSENT],
        "new_decoder_architecture": BIAS,
        "multi_query": BIAS,
        "parallel_attn": BIAS,
        "num_ln_in_parallel_attn": [1, 2, None, ABSENT],
        "alibi": BIAS,
        "bias": BIAS,
    },
    "opt": gpt("hidden_size", "num_hidden_layers", "num_attention_heads")
    | {
        "ffn_dim": INNER,
        "max_position_embeddings": [16, ABSENT],
        "word_embed_proj_dim": [20, 32, 48, ABSENT],
        "do_layer_norm_before": BIAS,
        "_remove_final_layer_norm": BIAS,
        "enable_bias": BIAS,
        "layer_norm_elementwise_affine": BIAS,
        "pad_token_id": [1],
    },
    "bloom": gpt("hidden_size"),
    "gptj": gpt(n_inner=[40, None, ABSENT]) | {"n_embd": [64, 128], "rotary_dim": [4]},
    "codegen": gpt(n_inner=[40, None, ABSENT]) | {"n_embd": [64, 128], "rotary_dim": [4]},
    "gpt_neo": gpt("hidden_size", "num_layers", "num_heads")
    | {
        "num_layers": [2],
        "attention_types": [[[["global", "local"], 1]]],
        "max_position_embeddings": [16, ABSENT],
        "intermediate_size": [40, None, ABSENT],
    },
    "mpt": gpt("d_model", "n_layers", "n_heads"),
    "biogpt": gpt("hidden_size", "num_hidden_layers", "num_attention_heads")
    | {"intermediate_size": INNER, "max_position_embeddings": [16, ABSENT]},
    "xglm": gpt("d_model", "num_layers", "attention_heads") | {"ffn_dim": INNER, "add_cross_attention": BIAS},
    "granite": decoder(attention_bias=BIAS, mlp_bias=BIAS, head_dim=OWN_HEAD_DIM),
    # Its output projection is [D, D]: it runs only where the heads fill the width.
    "helium": decoder(KV_NUMBER, attention_bias=BIAS, mlp_bias=BIAS)
    | {"hidden_size": [64], "num_attention_heads": [4], "head_dim": [16]},
    "glm": decoder(KV_NUMBER, attention_bias=BIAS, head_dim=HEAD_DIM_NUMBER, pad_token_id=[0]),
    "glm4": decoder(KV_NUMBER, attention_bias=BIAS, head_dim=HEAD_DIM_NUMBER, pad_token_id=[0]),
    "stablelm": decoder(KV_NUMBER, use_qkv_bias=BIAS, qk_layernorm=BIAS, use_parallel_residual=BIAS),
    "exaone4": decoder(KV_NUMBER, head_dim=OWN_HEAD_DIM),
    "nemotron": decoder([1, 2, 4], attention_bias=BIAS, mlp_bias=BIAS, head_dim=HEAD_DIM),
    "arcee": decoder(attention_bias=BIAS, mlp_bias=BIAS, head_dim=OWN_HEAD_DIM),
    "apertus": decoder(attention_bias=BIAS, head_dim=OWN_HEAD_DIM, hidden_act=["relu2", ABSENT], pad_token_id=[0]),
    "ministral": decoder(head_dim=[6, 16]),
    "ministral3": decoder(head_dim=HEAD_DIM, pad_token_id=[0]),
    "minicpm3": decoder(attention_bias=BIAS, mlp_bias=BIAS, **MLA)
    | NO_KV
    | {"num_attention_heads": [4, 8], "v_head_dim": [6, ABSENT]},
    "qwen2_vl_text": QWEN_VL,
    "qwen2_5_vl_text": QWEN_VL,
    "qwen2_5_omni_text": QWEN_VL | {"num_attention_heads": [4, 8], "num_key_value_heads": [1, 2, 4]},
    "qwen3_vl_text": decoder(head_dim=HEAD_DIM_NUMBER, attention_bias=BIAS),
    "ernie4_5": decoder(use_bias=BIAS, head_dim=HEAD_DIM),
    "hunyuan_v1_dense": decoder(attention_bias=BIAS, head_dim=[6, 16]),
    "seed_oss": decoder(attention_bias=BIAS, attention_out_bias=BIAS, mlp_bias=BIAS, head_dim=HEAD_DIM),
    "diffllama": decoder([2, 4, None, ABSENT], attention_bias=BIAS, head_dim=OWN_HEAD_DIM),
    "persimmon": decoder(qk_layernorm=BIAS) | NO_KV | {"hidden_size": [32, 64, ABSENT]},
    "mamba": MAMBA,
    "falcon_mamba": MAMBA,
    "mamba2": gpt("hidden_size", "num_hidden_layers", "num_heads")
    | {
        "hidden_size": [32],
        "num_heads": [4, 8],
        "head_dim": mamba_head,
        "state_size": [4, 10],
        "n_groups": [1, 2],
        "conv_kernel": [3, ABSENT],
        "use_bias": BIAS,
        "use_conv_bias": BIAS,
    },
    "rwkv": gpt("hidden_size", "num_hidden_layers")
    | {"n_head": [ABSENT], "attention_hidden_size": [24, None, ABSENT], "intermediate_size": [40, None, ABSENT]},
    "recurrent_gemma": decoder(attention_bias=BIAS, lru_width=[32, 64, None, ABSENT], conv1d_width=[3, ABSENT])
    | {"num_attention_heads": [2, 4], "block_types": [["recurrent"], ["attention", "recurrent"], ABSENT]},
    "apertus1p5_text": decoder(attention_bias=BIAS, pad_token_id=[0]),
    "bitnet": decoder([1, 2, 4], attention_bias=BIAS) | {"hidden_size": [32, 64]},
    "cwm": decoder([1, 2, 4], mlp_bias=BIAS, head_dim=HEAD_DIM_NUMBER),
    "exaone": decoder(KV_NUMBER, attention_bias=BIAS, mlp_bias=BIAS, head_dim=OWN_HEAD_DIM),
    "granite_swa": decoder([1, 2, 4], attention_bias=BIAS, mlp_bias=BIAS) | {"num_attention_heads": [4, 8], "hidden_size": [32, 64]},
    "hyperclovax": decoder(attention_bias=BIAS, mlp_bias=BIAS, use_post_norm=BIAS),
    "internlm3": decoder(KV_NUMBER, attention_bias=BIAS, mlp_bias=BIAS, head_dim=HEAD_DIM_NUMBER),
    "iquestcoder": decoder(KV_NUMBER, attention_bias=BIAS, mlp_bias=BIAS, head_dim=HEAD_DIM_NUMBER),
    "jais2": decoder([1, 2, 4], attention_bias=BIAS, mlp_bias=BIAS) | {"num_attention_heads": [4, 8]},
    "nanochat": decoder([1, 2, 4], attention_bias=BIAS) | {"num_attention_heads": [4, 8]},
    "youtu": decoder(attention_bias=BIAS, **MLA) | NO_KV | {"num_attention_heads": [4, 8]},
}
