"""Latent attention, with and without an indexer."""

from reference_fields import (
    ABSENT,
    BIAS,
    EXPERT_INNER,
    HEADS,
    HIDDEN,
    MLA,
    TIED,
    VOCAB,
    decoder,
    experts,
    mlp_types,
)

INDEXER = MLA | {"q_lora_rank": [10, 24, ABSENT], "index_head_dim": [8, 16, ABSENT], "index_n_heads": [2, ABSENT]}

LATENT = {
    "deepseek_v32": decoder(
        attention_bias=BIAS,
        moe_intermediate_size=EXPERT_INNER,
        n_shared_experts=[1, 2, ABSENT],
        first_k_dense_replace=[0, 1, 2, ABSENT],
        **INDEXER,
        **experts("n_routed_experts", "num_experts_per_tok", (16, 32, ABSENT)),
    ),
    "glm_moe_dsa": decoder(
        attention_bias=BIAS,
        moe_intermediate_size=EXPERT_INNER,
        n_shared_experts=[1, 2, ABSENT],
        first_k_dense_replace=[0, 1, 2, ABSENT],
        index_topk_freq=[2, 3, ABSENT],
        index_skip_topk_offset=[1, 3, ABSENT],
        **INDEXER,
        **experts("n_routed_experts", "num_experts_per_tok", (16, 32, ABSENT)),
    ),
    "deepseek_v4": {
        "vocab_size": VOCAB,
        "hidden_size": HIDDEN,
        "num_hidden_layers": [1, 3, 5, 6],
        "num_attention_heads": HEADS,
        "tie_word_embeddings": TIED,
        "head_dim": [16, 32, ABSENT],
        "q_lora_rank": [10, 24, ABSENT],
        "o_groups": [2, 4, ABSENT],
        "o_lora_rank": [12, ABSENT],
        "hc_mult": [2, 3, ABSENT],
        "mlp_bias": BIAS,
        "moe_intermediate_size": EXPERT_INNER,
        "index_head_dim": [16, ABSENT],
        "index_n_heads": [2, ABSENT],
        "num_hash_layers": [0, 2, ABSENT],
        "compress_ratios": lambda rng, config: [
            rng.choice([0, 4, 128]) for _ in range(config["num_hidden_layers"] + 1)
        ],
        **experts("n_routed_experts", "num_experts_per_tok", (8, 12, ABSENT)),
    },
    "glm4_moe_lite": decoder(
        attention_bias=BIAS,
        moe_intermediate_size=EXPERT_INNER,
        n_shared_experts=[1, 2, ABSENT],
        mlp_layer_types=mlp_types("dense", "sparse", "sparse"),
        **MLA,
        **experts("n_routed_experts", "num_experts_per_tok", (8, 12, ABSENT)),
    ),
    "hy_v4": decoder(
        attention_bias=BIAS,
        moe_intermediate_size=EXPERT_INNER,
        n_shared_experts=[1, 2, ABSENT],
        hc_mult=[2, 3, ABSENT],
        mlp_layer_types=mlp_types("dense", "sparse", "sparse"),
        indexer_types=mlp_types("full", "shared"),
        **INDEXER,
        **experts("n_routed_experts", "num_experts_per_tok", (8, 12, ABSENT)),
    ),
    "sarvam_mla": decoder(
        attention_bias=BIAS,
        moe_intermediate_size=EXPERT_INNER,
        num_shared_experts=[0, 1, 2, ABSENT],
        first_k_dense_replace=[0, 1, 2, ABSENT],
        **MLA,
        **experts("num_experts", "num_experts_per_tok", (16, 32, ABSENT)),
    ),
}
