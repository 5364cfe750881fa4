"""The configs that reference.py counts: for each family, the values that each of its parameter-bearing fields may take.

ABSENT leaves a field out, so that transformers' default applies.
"""

ABSENT = "(absent)"
NO = [False, True]

# Sizes that go together: any hidden size is a multiple of any number of heads, and that of any number of key-value heads.
HIDDEN = [32, 48, 64, ABSENT]
HEADS = [4, 8, ABSENT]
KV = [1, 2, 4, None, ABSENT]
KV_NUMBER = [1, 2, 4, ABSENT]
VOCAB = [101, 256, ABSENT]
LAYERS = [1, 2, 3, 5]
INNER = [40, 88, ABSENT]
EXPERT_INNER = [12, 20, ABSENT]
HEAD_DIM = [6, 16, None, ABSENT]
HEAD_DIM_NUMBER = [6, 16, ABSENT]
TIED = [False, True, ABSENT]
BIAS = [False, True, ABSENT]


def decoder(kv=KV, **fields):
    return {
        "vocab_size": VOCAB,
        "hidden_size": HIDDEN,
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": kv,
        "tie_word_embeddings": TIED,
        **fields,
    }


def experts(total, top_k, values=(2, 4, 6, ABSENT), top=(1, 2, ABSENT)):
    return {total: list(values), top_k: list(top)}


MLA = {
    "q_lora_rank": [10, 24, None, ABSENT],
    "kv_lora_rank": [8, 20, ABSENT],
    "qk_nope_head_dim": [6, 12, ABSENT],
    "qk_rope_head_dim": [4, 8, ABSENT],
    "v_head_dim": [6, 10, ABSENT],
}
KINDS = {"full": "full_attention", "linear": "linear_attention", "conv": "conv"}


def layer_types(*kinds):
    """A list as long as the model is deep, of these kinds in turn from a random one on."""
    return lambda rng, config: [
        KINDS[kinds[(start + i) % len(kinds)]]
        for start in [rng.randrange(len(kinds))]
        for i in range(config["num_hidden_layers"])
    ]


def some_layers(key="num_hidden_layers"):
    return lambda rng, config: sorted(rng.sample(range(config[key]), rng.randrange(config[key] + 1)))


DENSE = {
    "gpt2": {
        "vocab_size": VOCAB,
        "n_embd": HIDDEN,
        "n_layer": [1, 2, 5, ABSENT],
        "n_head": HEADS,
        "n_positions": [16, 64, ABSENT],
        "n_inner": [40, None, ABSENT],
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
    "llama": decoder(attention_bias=BIAS, mlp_bias=BIAS, head_dim=HEAD_DIM),
    "mistral": decoder(head_dim=HEAD_DIM),
    "qwen2": decoder(),
    "qwen3": decoder(head_dim=HEAD_DIM_NUMBER, attention_bias=BIAS),
    "gemma": decoder(KV_NUMBER, head_dim=HEAD_DIM_NUMBER, attention_bias=BIAS),
    "gemma2": decoder(KV_NUMBER, head_dim=HEAD_DIM_NUMBER, attention_bias=BIAS),
    "phi3": decoder(pad_token_id=[0]),
    "olmo2": decoder(attention_bias=BIAS),
}

MOE = {
    "mixtral": decoder(head_dim=HEAD_DIM, **experts("num_local_experts", "num_experts_per_tok")),
    "phimoe": decoder(
        attention_bias=BIAS, lm_head_bias=[False, True], **experts("num_local_experts", "num_experts_per_tok")
    )
    | {"tie_word_embeddings": [False, ABSENT]},
    "qwen2_moe": decoder(
        moe_intermediate_size=EXPERT_INNER,
        shared_expert_intermediate_size=[24, ABSENT],
        decoder_sparse_step=[1, 2, 3, ABSENT],
        mlp_only_layers=some_layers(),
        qkv_bias=BIAS,
        **experts("num_experts", "num_experts_per_tok", (4, 6, ABSENT)),
    ),
    "qwen3_moe": decoder(
        KV_NUMBER,
        head_dim=HEAD_DIM_NUMBER,
        attention_bias=BIAS,
        moe_intermediate_size=EXPERT_INNER,
        decoder_sparse_step=[1, 2, ABSENT],
        mlp_only_layers=some_layers(),
        **experts("num_experts", "num_experts_per_tok", (8, 12, ABSENT)),
    ),
    "qwen3_next": decoder(
        KV_NUMBER,
        head_dim=HEAD_DIM_NUMBER,
        attention_bias=BIAS,
        linear_conv_kernel_dim=[3, ABSENT],
        linear_key_head_dim=[6, 8, ABSENT],
        linear_value_head_dim=[4, 10, ABSENT],
        linear_num_key_heads=[2, 4, ABSENT],
        linear_num_value_heads=[4, 8, ABSENT],
        moe_intermediate_size=EXPERT_INNER,
        shared_expert_intermediate_size=[24, ABSENT],
        decoder_sparse_step=[1, 2, ABSENT],
        mlp_only_layers=some_layers(),
        full_attention_interval=[2, 3, ABSENT],
        **experts("num_experts", "num_experts_per_tok", (12, ABSENT), (2, 10, ABSENT)),
    ),
    "gpt_oss": decoder(
        KV_NUMBER,
        head_dim=HEAD_DIM_NUMBER,
        attention_bias=BIAS,
        **experts("num_local_experts", "num_experts_per_tok", (4, 6, ABSENT)),
    ),
    "olmoe": decoder(attention_bias=BIAS, **experts("num_experts", "num_experts_per_tok", (8, 12, ABSENT))),
    "granitemoe": decoder(attention_bias=BIAS, **experts("num_local_experts", "num_experts_per_tok")),
    "llama4_text": decoder(
        KV_NUMBER,
        head_dim=HEAD_DIM_NUMBER,
        attention_bias=BIAS,
        intermediate_size_mlp=[36, ABSENT],
        interleave_moe_layer_step=[1, 2, ABSENT],
        **experts("num_local_experts", "num_experts_per_tok"),
    ),
    "glm4_moe": decoder(
        KV_NUMBER,
        head_dim=HEAD_DIM_NUMBER,
        attention_bias=BIAS,
        use_qk_norm=BIAS,
        moe_intermediate_size=EXPERT_INNER,
        n_shared_experts=[1, 2, ABSENT],
        first_k_dense_replace=[0, 1, 2, ABSENT],
        **experts("n_routed_experts", "num_experts_per_tok", (8, 12, ABSENT)),
    ),
    "ernie4_5_moe": decoder(
        use_bias=BIAS,
        moe_intermediate_size=EXPERT_INNER,
        moe_num_shared_experts=[0, 1, ABSENT],
        moe_layer_start_index=[0, 1, 2, ABSENT],
        moe_layer_end_index=[-1, 1, 3, ABSENT],
        moe_layer_interval=[1, 2, ABSENT],
        **experts("moe_num_experts", "moe_k", (6, 8, ABSENT)),
    ),
    "minimax": decoder(
        head_dim=HEAD_DIM,
        block_size=[8, ABSENT],
        layer_types=layer_types("full", "linear", "linear"),
        **experts("num_local_experts", "num_experts_per_tok"),
    ),
    "minimax_m2": decoder(
        KV_NUMBER, head_dim=HEAD_DIM_NUMBER, **experts("num_local_experts", "num_experts_per_tok", (8, 12, ABSENT))
    ),
    "hunyuan_v1_moe": decoder(
        head_dim=HEAD_DIM_NUMBER, attention_bias=BIAS, **experts("num_experts", "moe_topk", (2, 4), (1, 2, ABSENT))
    ),
    "dots1": decoder(
        attention_bias=BIAS,
        moe_intermediate_size=EXPERT_INNER,
        n_shared_experts=[1, 2],
        first_k_dense_replace=[0, 1, 2, ABSENT],
        **experts("n_routed_experts", "num_experts_per_tok", (4, 6), (1, 2)),
    ),
    "deepseek_v2": decoder(
        attention_bias=BIAS,
        mlp_bias=BIAS,
        moe_intermediate_size=EXPERT_INNER,
        n_shared_experts=[1, 2, ABSENT],
        first_k_dense_replace=[0, 1, 2, ABSENT],
        **MLA,
        **experts("n_routed_experts", "num_experts_per_tok", (4, 6, ABSENT), (1, 2)),
    ),
    "deepseek_v3": decoder(
        attention_bias=BIAS,
        moe_intermediate_size=EXPERT_INNER,
        n_shared_experts=[1, 2, ABSENT],
        first_k_dense_replace=[0, 1, 2, ABSENT],
        **MLA,
        **experts("n_routed_experts", "num_experts_per_tok", (16, 32, ABSENT)),
    ),
    "kimi_linear": decoder(
        pad_token_id=[0],
        attention_bias=BIAS,
        moe_intermediate_size=EXPERT_INNER,
        num_shared_experts=[1, 2, ABSENT],
        first_k_dense_replace=[0, 1, 2, ABSENT],
        linear_attn_config=lambda rng, config: {
            "head_dim": rng.choice([6, 8]),
            "num_heads": rng.choice([2, 4]),
            "short_conv_kernel_size": rng.choice([3, 4]),
        },
        **MLA,
        **experts("num_experts", "num_experts_per_token", (16, 32, ABSENT)),
    ),
    "longcat_flash": {
        "vocab_size": VOCAB,
        "hidden_size": HIDDEN,
        "num_layers": LAYERS,
        "num_attention_heads": HEADS,
        "attention_bias": BIAS,
        "ffn_hidden_size": INNER,
        "expert_ffn_hidden_size": EXPERT_INNER,
        "zero_expert_num": [0, 3, ABSENT],
        "tie_word_embeddings": TIED,
        **(MLA | {"q_lora_rank": [10, 24, ABSENT]}),
        **experts("n_routed_experts", "moe_topk", (16, ABSENT)),
    },
    "lfm2_moe": decoder(
        KV_NUMBER,
        moe_intermediate_size=EXPERT_INNER,
        conv_bias=BIAS,
        conv_L_cache=[4, ABSENT],
        num_dense_layers=[0, 1, ABSENT],
        use_expert_bias=BIAS,
        layer_types=layer_types("conv", "conv", "full"),
        **experts("num_experts", "num_experts_per_tok", (4, 6, ABSENT)),
    ),
    "jamba": decoder(
        mamba_d_state=[5, ABSENT],
        mamba_d_conv=[3, ABSENT],
        mamba_expand=[1, 3, ABSENT],
        mamba_dt_rank=[7, "auto", ABSENT],
        mamba_conv_bias=BIAS,
        mamba_proj_bias=BIAS,
        expert_layer_period=[2, 3, ABSENT],
        expert_layer_offset=[0, 1, ABSENT],
        attn_layer_period=[2, 3, ABSENT],
        attn_layer_offset=[0, 1],
        num_hidden_layers=[1, 4, 7],
        **experts("num_experts", "num_experts_per_tok", (4, 6, ABSENT)),
    ),
    "dbrx": {
        "vocab_size": VOCAB,
        "d_model": HIDDEN,
        "n_heads": HEADS,
        "n_layers": LAYERS,
        "attn_config": [{"rope_theta": 1e4}, {"rope_theta": 1e4, "kv_n_heads": 2}, {"rope_theta": 1e4, "kv_n_heads": 4}],
        "ffn_config": [{}, {"ffn_hidden_size": 24, "moe_num_experts": 6, "moe_top_k": 2}, {"moe_num_experts": 5}, ABSENT],
    },
}

ENCODERS = {
    "bert": {
        "architectures": [["BertModel"], ["BertForMaskedLM"], ["BertForPreTraining"], ABSENT],
        "vocab_size": VOCAB,
        "hidden_size": [24, 48, ABSENT],
        "num_hidden_layers": LAYERS,
        "num_attention_heads": [4, 12, ABSENT],
        "intermediate_size": INNER,
        "max_position_embeddings": [16, ABSENT],
        "type_vocab_size": [1, 3, ABSENT],
    },
    "vit": {
        "architectures": [["ViTModel"], ["ViTForImageClassification"], ABSENT],
        "hidden_size": [24, 48, ABSENT],
        "num_hidden_layers": LAYERS,
        "num_attention_heads": [4, 12, ABSENT],
        "intermediate_size": INNER,
        "image_size": [32, 64, ABSENT],
        "patch_size": [8, 16, ABSENT],
        "num_channels": [1, ABSENT],
        "qkv_bias": BIAS,
        "num_labels": [10, ABSENT],
    },
    "t5": {
        "architectures": [["T5ForConditionalGeneration"], ["T5EncoderModel"], ABSENT],
        "vocab_size": VOCAB,
        "d_model": [24, 48, ABSENT],
        "d_kv": [6, 8, ABSENT],
        "d_ff": INNER,
        "num_layers": [1, 3, ABSENT],
        "num_decoder_layers": [2, None, ABSENT],
        "num_heads": [2, 4, ABSENT],
        "relative_attention_num_buckets": [8, ABSENT],
        "feed_forward_proj": ["relu", "gated-gelu", "gated-silu", ABSENT],
        "tie_word_embeddings": TIED,
    },
    "switch_transformers": {
        "vocab_size": VOCAB,
        "d_model": [24, 48, ABSENT],
        "d_kv": [6, 8, ABSENT],
        "d_ff": INNER,
        "num_layers": [2, 3, 6],
        "num_decoder_layers": [4, 5, ABSENT],
        "num_sparse_encoder_layers": [0, 1, 2, ABSENT],
        "num_sparse_decoder_layers": [0, 2, 4],
        "num_heads": [2, 4, ABSENT],
        "num_experts": [3, ABSENT],
        "router_bias": BIAS,
        "relative_attention_num_buckets": [8, ABSENT],
        "tie_word_embeddings": TIED,
    },
    "nllb-moe": {
        "vocab_size": VOCAB,
        "d_model": [24, 48, ABSENT],
        "encoder_layers": [2, 4, ABSENT],
        "decoder_layers": [3, 4],
        "encoder_ffn_dim": INNER,
        "decoder_ffn_dim": INNER,
        "encoder_attention_heads": [2, 4],
        "decoder_attention_heads": [2, 4],
        "num_experts": [3, 5],
        "encoder_sparse_step": [0, 1, 2, ABSENT],
        "decoder_sparse_step": [1, 2, ABSENT],
        "router_bias": BIAS,
        "tie_word_embeddings": TIED,
    },
}

GROUPS = {"dense": DENSE, "moe": MOE, "encoder": ENCODERS}
