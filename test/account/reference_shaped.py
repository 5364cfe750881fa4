"""Types that lib/account describes by facts: for each, the values that its parameter-bearing fields may take."""

from reference_fields import (
    BIAS,
    EXPERT_INNER,
    HEADS,
    HEAD_DIM,
    HEAD_DIM_NUMBER,
    HIDDEN,
    INNER,
    KV_NUMBER,
    LAYERS,
    MLA,
    TIED,
    VOCAB,
    decoder,
    experts,
)

HEADS_NUMBER = [4, 8]
GPT = {
    "vocab_size": VOCAB,
    "n_embd": [32, 48, 64],
    "n_layer": [1, 2, 5],
    "n_head": HEADS_NUMBER,
    "tie_word_embeddings": TIED,
}


def plain(**fields):
    """Heads that share nothing."""
    return {**decoder(**fields), "num_key_value_heads": ["(absent)"], "num_attention_heads": HEADS_NUMBER, "hidden_size": [32, 48, 64]}


def mla(**fields):
    return {**plain(**fields), **MLA}


def latent_dense():
    return {**plain(), **{name: [value for value in values if value is not None] for name, values in MLA.items()}}


SHAPED = {
    "apertus1p5_text": decoder(attention_bias=BIAS, num_attention_heads=HEADS_NUMBER),
    "biogpt": plain(max_position_embeddings=[16, "(absent)"]),
    "bitnet": decoder(KV_NUMBER, attention_bias=BIAS, num_attention_heads=[20, 40], num_key_value_heads=[5, 10], hidden_size=[40, 80]),
    "codegen": {**GPT, "n_inner": [40, None, "(absent)"]},
    "ctrl": {**GPT, "dff": [40, "(absent)"]},
    "cwm": decoder(KV_NUMBER, head_dim=HEAD_DIM_NUMBER, num_attention_heads=[8, 16], num_key_value_heads=[4, 8]),
    "diffllama": plain(attention_bias=BIAS, head_dim=HEAD_DIM),
    "ernie4_5": decoder(KV_NUMBER, head_dim=HEAD_DIM_NUMBER, use_bias=BIAS),
    "exaone": decoder(KV_NUMBER, attention_bias=BIAS, mlp_bias=BIAS),
    "exaone4": plain(),
    "glm": decoder(KV_NUMBER, attention_bias=BIAS, head_dim=HEAD_DIM_NUMBER),
    "glm4": decoder(KV_NUMBER, attention_bias=BIAS, head_dim=HEAD_DIM_NUMBER),
    "gpt_neo": {
        "vocab_size": VOCAB,
        "hidden_size": [32, 64],
        "intermediate_size": [40, None, "(absent)"],
        "num_layers": [2, 4],
        "attention_types": [[[["global", "local"], 1]], [[["global", "local"], 2]]],
        "num_heads": HEADS_NUMBER,
        "max_position_embeddings": [16, "(absent)"],
        "tie_word_embeddings": TIED,
    },
    "gpt_neox_japanese": {**plain(intermediate_multiple_size=[2, 4, "(absent)"]), "intermediate_size": ["(absent)"]},
    "granite_swa": decoder(KV_NUMBER, attention_bias=BIAS, mlp_bias=BIAS, num_attention_heads=[4, 8], hidden_size=[32, 64]),
    "helium": decoder([20], attention_bias=BIAS, mlp_bias=BIAS, num_attention_heads=[20], head_dim=["(absent)"], hidden_size=[2560]),
    "hunyuan_v1_dense": decoder(KV_NUMBER, attention_bias=BIAS, head_dim=HEAD_DIM_NUMBER[:2], num_attention_heads=HEADS_NUMBER),
    "hyperclovax": plain(attention_bias=BIAS, mlp_bias=BIAS, use_post_norm=BIAS),
    "internlm3": decoder(KV_NUMBER, attention_bias=BIAS, mlp_bias=BIAS, head_dim=HEAD_DIM_NUMBER),
    "iquestcoder": decoder(KV_NUMBER, attention_bias=BIAS, mlp_bias=BIAS, head_dim=HEAD_DIM_NUMBER),
    "jais2": plain(attention_bias=BIAS, mlp_bias=BIAS),
    "ministral": decoder(KV_NUMBER, head_dim=HEAD_DIM_NUMBER[:2]),
    "ministral3": decoder(KV_NUMBER, head_dim=HEAD_DIM_NUMBER),
    "modernbert-decoder": plain(attention_bias=BIAS, mlp_bias=BIAS, decoder_bias=BIAS, classifier_bias=BIAS),
    "nanochat": plain(attention_bias=BIAS),
    "nemotron": decoder([1, 2, 4], attention_bias=BIAS, mlp_bias=BIAS, head_dim=HEAD_DIM_NUMBER[:2], num_attention_heads=HEADS_NUMBER),
    "openai-gpt": {**GPT, "n_positions": [16, "(absent)"]},
    "persimmon": plain(qk_layernorm=BIAS),
    "seed_oss": decoder([8], attention_bias=BIAS, attention_out_bias=BIAS, mlp_bias=BIAS, num_attention_heads=[8, 16]),
    "stablelm": plain(use_qkv_bias=BIAS, qk_layernorm=BIAS, use_parallel_residual=BIAS),
    "vaultgemma": decoder(KV_NUMBER, head_dim=HEAD_DIM_NUMBER, attention_bias=BIAS),
    "xglm": {
        "vocab_size": VOCAB,
        "d_model": [32, 64],
        "ffn_dim": INNER,
        "num_layers": LAYERS,
        "attention_heads": HEADS_NUMBER,
        "tie_word_embeddings": TIED,
    },
    "gpt-sw3": {**GPT, "n_inner": [40, None, "(absent)"]},
    "minicpm3": latent_dense(),
    "youtu": latent_dense(),
    "sarvam_mla": mla(
        moe_intermediate_size=EXPERT_INNER,
        first_k_dense_replace=[0, 1, "(absent)"],
        n_shared_experts=[1, 2, "(absent)"],
        **experts("n_routed_experts", "num_experts_per_tok", (8, 16), (1, 2)),
        n_group=[1],
        topk_group=[1],
    ),
    "sarvam_moe": decoder(
        KV_NUMBER,
        moe_intermediate_size=EXPERT_INNER,
        head_dim=HEAD_DIM_NUMBER,
        attention_bias=BIAS,
        use_qk_norm=BIAS,
        first_k_dense_replace=[0, 1, "(absent)"],
        **experts("n_routed_experts", "num_experts_per_tok", (8, 16), (1, 2)),
    ),
    "aria_text": plain(
        attention_bias=BIAS,
        mlp_bias=BIAS,
        moe_num_shared_experts=[1, 2, "(absent)"],
        **experts("moe_num_experts", "moe_topk"),
    ),
    "beam": decoder(
        KV_NUMBER,
        moe_intermediate_size=EXPERT_INNER,
        head_dim=HEAD_DIM_NUMBER,
        attention_bias=BIAS,
        num_attention_heads=HEADS_NUMBER,
        num_hidden_layers=[2, 3, 5],
        **experts("num_experts", "num_experts_per_tok", (8, 16), (1, 2)),
        n_group=[1],
        topk_group=[1],
    ),
    "doge": decoder(KV_NUMBER, attention_bias=BIAS, mlp_bias=BIAS, num_attention_heads=HEADS_NUMBER),
    "flex_olmo": plain(attention_bias=BIAS, **experts("num_experts", "num_experts_per_tok", (6, 8), (1, 2, "(absent)"))),
    "flint": decoder(
        KV_NUMBER,
        moe_intermediate_size=EXPERT_INNER,
        shared_expert_intermediate_size=EXPERT_INNER,
        head_dim=HEAD_DIM_NUMBER,
        attention_bias=BIAS,
        mlp_only_layers=[[0], [], "(absent)"],
        num_hidden_layers=[3, 5],
        num_attention_heads=HEADS_NUMBER,
        **experts("num_experts", "num_experts_per_tok", (8, 16), (1, 2)),
    ),
    "granitemoe_swa": plain(
        attention_bias=BIAS, shared_intermediate_size=[0, 24, "(absent)"], **experts("num_local_experts", "num_experts_per_tok")
    ),
    "laguna": decoder(
        KV_NUMBER,
        moe_intermediate_size=EXPERT_INNER,
        shared_expert_intermediate_size=EXPERT_INNER,
        head_dim=HEAD_DIM_NUMBER,
        attention_bias=BIAS,
        gating=BIAS,
        num_attention_heads=HEADS_NUMBER,
        **experts("num_experts", "num_experts_per_tok", (8, 16), (1, 2)),
    ),
    "mellum": decoder(
        KV_NUMBER,
        moe_intermediate_size=EXPERT_INNER,
        head_dim=HEAD_DIM_NUMBER,
        attention_bias=BIAS,
        **experts("num_local_experts", "num_experts_per_tok", (8, 16), (1, 2, "(absent)")),
    ),
    "solar_open": decoder(
        KV_NUMBER,
        moe_intermediate_size=EXPERT_INNER,
        head_dim=HEAD_DIM_NUMBER,
        attention_bias=BIAS,
        n_shared_experts=[1, 2, "(absent)"],
        **experts("n_routed_experts", "num_experts_per_tok", (8, 16), (1, 2, "(absent)")),
    ),
}
for fields in (SHAPED["solar_open"], SHAPED["gpt_neox_japanese"]):
    fields.pop("intermediate_size")

# Names that mean something else in one family: looked at before the patterns of all.
SHAPED_KINDS = {
    "modernbert-decoder": [("lm_head", r"^decoder\.bias"), ("embed", r"tok_embeddings"), ("attention_params", r"\.attn\.")],
    "biogpt": [("lm_head", r"^output_projection"), ("position_embed", r"embed_positions"), ("dense_mlp_params", r"\.fc[12]\."), ("attention_params", r"self_attn\.")],
    "bitnet": [("norm_params", r"sub_norm")],
    "codegen": [],
    "ctrl": [("embed", r"\.w\.weight$"), ("attention_params", r"multi_head_attention")],
    "doge": [("other_params", r"_residual$")],
    "gpt_neox_japanese": [("lm_head", r"^embed_out")],
    "gpt_neo": [("position_embed", r"wpe\.")],
    "openai-gpt": [("embed", r"tokens_embed"), ("position_embed", r"positions_embed")],
    "xglm": [("dense_mlp_params", r"\.fc[12]\."), ("attention_params", r"self_attn\.")],
    "hyperclovax": [("norm_params", r"post_norm")],
}

# Shared experts, where no field says how many there are.
SHAPED_SHARED = {
    "flint": lambda config: 1,
    "granitemoe_swa": lambda config: 1 if config.shared_intermediate_size > 0 else 0,
    "laguna": lambda config: 1,
}
