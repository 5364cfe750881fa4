"""Values that fields of a config may take, shared by reference_dense.py, reference_moe.py and reference_encoder.py.

ABSENT leaves a field out, so that transformers' default applies.
"""

ABSENT = "(absent)"

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


def mlp_types(*kinds):
    """A list as long as the model is deep, of these in any order."""
    return lambda rng, config: [rng.choice(kinds) for _ in range(config["num_hidden_layers"])]


def some_layers(key="num_hidden_layers"):
    return lambda rng, config: sorted(rng.sample(range(config[key]), rng.randrange(config[key] + 1)))

# What a config needs besides its model_type: fields without a default, or whose default the class cannot build.
NEEDED = {
    "dbrx": {"attn_config": {"rope_theta": 1e4}},
    "deepseek_v2": {"num_experts_per_tok": 6},
    "dots1": {"n_shared_experts": 2, "n_routed_experts": 128, "num_experts_per_tok": 6},
    "hunyuan_v1_dense": {"head_dim": 128},
    "hunyuan_v1_moe": {"head_dim": 128},
    "ministral": {"head_dim": 128},
    "nemotron": {"num_key_value_heads": 48},
    "smollm3": {"pad_token_id": 0},
    "nemotron_h": {"layers_block_type": ["linear_attention", "moe", "full_attention", "mlp"]},
    "qwen3_vl_moe_text": {"tie_word_embeddings": False},
    "lfm2_moe": {"num_hidden_layers": 3, "layer_types": ["conv", "full_attention", "conv"]},
}
