"""Dense decoders: for each family, the values that each of its parameter-bearing fields may take."""

from reference_fields import (
    ABSENT,
    BIAS,
    HEADS,
    HEAD_DIM,
    HEAD_DIM_NUMBER,
    HIDDEN,
    INNER,
    KV_NUMBER,
    LAYERS,
    TIED,
    VOCAB,
    decoder,
)

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
