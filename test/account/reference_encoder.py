"""Encoders and encoder-decoders: for each family, the values that each of its parameter-bearing fields may take."""

import torch
from reference_fields import (
    ABSENT,
    BIAS,
    INNER,
    LAYERS,
    TIED,
    VOCAB,
)

# Names of encoders that mean something else than in decoders: looked at before reference.py's KINDS.
ENCODER_KINDS = [
    ("norm_params", r"encoder\.conv\.LayerNorm|^lm_head\.(layer_norm|norm)\.|^lm_predictions\.lm_head\.LayerNorm"),
    ("other_params", r"^lm_head\.dense\.|^lm_predictions\.lm_head\.dense|^generator_predictions\.dense|^predictions\.dense"),
    ("lm_head", r"^(lm_predictions\.lm_head|predictions|vocab_projector|generator_lm_head|decoder|proj_out)\.((decoder\.)?(bias|weight))$"),
    ("lm_head", r"^cls\.predictions\.(decoder\.)?(bias|weight)|^final_logits_bias"),
    ("other_params", r"embeddings_project|embedding_hidden_mapping_in|embed_proj\b|task_type_embeddings|contact_head|encoder\.conv[12]"),
    ("other_params", r"vocab_transform|pre_classifier|sop_classifier|discriminator_predictions|sequence_summary"),
    ("other_params", r"^head\.dense|^lm_head\.dense|classification_head|qa_outputs|^classifier|encoder\.conv|mask_token"),
    ("other_params", r"^decoder\.0\.|layer_weights|^projector|^score\."),
    ("position_embed", r"embed_positions|rel_embeddings"),
    ("position_embed", r"embeddings\.position_embedding\."),
    ("embed", r"tok_embeddings"),
    ("other_params", r"^text_projection|(?<!lm_)head\.(weight|bias)$"),
    ("attention_params", r"\.(attention|crossattention|encoder_attn)\.|relative_attention_bias"),
    ("dense_mlp_params", r"^(?!.*\.experts\.).*\.(fc1|fc2|ffn|ffn_output)\.(weight|bias)$|\.ffn\.lin"),
]
# The class that is counted where a config names none, if it is not that for writing.
ENCODER_CLASSES = {
    "albert": "AlbertModel",
    "bert": "BertModel",
    "camembert": "CamembertModel",
    "clip_text_model": "CLIPTextModel",
    "deberta-v2": "DebertaV2Model",
    "distilbert": "DistilBertModel",
    "electra": "ElectraModel",
    "ernie": "ErnieModel",
    "esm": "EsmModel",
    "modernbert": "ModernBertModel",
    "mpnet": "MPNetModel",
    "roberta": "RobertaModel",
    "siglip_text_model": "SiglipTextModel",
    "vit": "ViTModel",
    "whisper": "WhisperForConditionalGeneration",
    "xlm-roberta": "XLMRobertaModel",
}


def own_head(model_type, fields, model):
    """Gives T5 1.1 its own head: the class ties it whatever the config says, but loads the one that such a checkpoint has."""
    if model_type in ("t5", "mt5", "umt5") and fields.get("tie_word_embeddings") is False and hasattr(model, "lm_head"):
        model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.lm_head.weight))


def heads(prefix, *tasks):
    """Classes by the ends of their names, and none."""
    ends = [task if task.endswith("Model") else f"For{task}" for task in tasks]
    return [*([f"{prefix}{end}"] for end in ends), ABSENT]


TEXTS = ("SequenceClassification", "TokenClassification", "QuestionAnswering")
BERT = {
    "vocab_size": VOCAB,
    "hidden_size": [24, 48, ABSENT],
    "num_hidden_layers": LAYERS,
    "num_attention_heads": [4, 12, ABSENT],
    "intermediate_size": INNER,
    "max_position_embeddings": [16, ABSENT],
    "type_vocab_size": [1, 3, ABSENT],
    "tie_word_embeddings": TIED,
    "num_labels": [3, ABSENT],
    "is_decoder": BIAS,
    "add_cross_attention": BIAS,
}
TOWER = {
    "vocab_size": VOCAB,
    "hidden_size": [24, 48, ABSENT],
    "num_hidden_layers": LAYERS,
    "num_attention_heads": [4, 12, ABSENT],
    "intermediate_size": INNER,
    "max_position_embeddings": [16, ABSENT],
}
ROBERTA = ("Model", "MaskedLM", "CausalLM", "MultipleChoice", *TEXTS)
MODERN = {
    "vocab_size": [101, 256, ABSENT],
    "pad_token_id": [0],
    "hidden_size": [24, 48, ABSENT],
    "num_hidden_layers": LAYERS,
    "num_attention_heads": [4, 12],
    "intermediate_size": INNER,
    "norm_bias": BIAS,
    "attention_bias": BIAS,
    "mlp_bias": BIAS,
    "decoder_bias": BIAS,
    "classifier_bias": BIAS,
    "tie_word_embeddings": TIED,
    "num_labels": [3, ABSENT],
}
T5 = {
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
    "num_labels": [3, ABSENT],
}
T5_HEADS = ("Model", "ConditionalGeneration", "EncoderModel", *TEXTS)
BART = {
    "vocab_size": VOCAB,
    "pad_token_id": [0],
    "d_model": [32, 48, ABSENT],
    "encoder_layers": [1, 3, ABSENT],
    "decoder_layers": [2, ABSENT],
    "encoder_ffn_dim": INNER,
    "decoder_ffn_dim": INNER,
    "encoder_attention_heads": [2, 4],
    "decoder_attention_heads": [2, 8],
    "max_position_embeddings": [16, ABSENT],
    "tie_word_embeddings": TIED,
    "num_labels": [4, ABSENT],
}
WRITES = ("Model", "ConditionalGeneration", "CausalLM")

ENCODERS = {
    "bert": {
        "architectures": heads(
            "Bert", "Model", "MaskedLM", "PreTraining", "LMHeadModel", "NextSentencePrediction", "MultipleChoice", *TEXTS
        ),
        **BERT,
    },
    "vit": {
        "architectures": heads("ViT", "Model", "ImageClassification", "MaskedImageModeling"),
        "encoder_stride": [8, ABSENT],
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
        "architectures": heads("T5", *T5_HEADS),
        **T5,
    },
    "switch_transformers": {
        "architectures": heads("SwitchTransformers", "Model", "ConditionalGeneration", "EncoderModel"),
        "vocab_size": VOCAB,
        "d_model": [24, 48, ABSENT],
        "d_kv": [6, 8, ABSENT],
        "d_ff": INNER,
        "num_layers": [2, 3, 6],
        "num_decoder_layers": [4, 5, ABSENT],
        "num_sparse_encoder_layers": [0, 1, 2, ABSENT],
        "num_sparse_decoder_layers": [0, 2, 4],
        "decoder_sparse_step": [1, 3, ABSENT, ABSENT],
        "num_heads": [2, 4, ABSENT],
        "num_experts": [3, ABSENT],
        "router_bias": BIAS,
        "relative_attention_num_buckets": [8, ABSENT],
        "tie_word_embeddings": TIED,
    },
    "nllb-moe": {
        "architectures": heads("NllbMoe", "Model", "ConditionalGeneration"),
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
    "roberta": {"architectures": heads("Roberta", *ROBERTA), **BERT},
    "xlm-roberta": {"architectures": heads("XLMRoberta", *ROBERTA), **BERT},
    "camembert": {"architectures": heads("Camembert", *ROBERTA), **BERT},
    "ernie": {
        "architectures": heads("Ernie", "Model", "MaskedLM", "CausalLM", "PreTraining", "MultipleChoice", *TEXTS),
        **BERT,
        "use_task_id": BIAS,
        "task_type_vocab_size": [5, ABSENT],
    },
    "mpnet": {
        "architectures": heads("MPNet", "Model", "MaskedLM", "MultipleChoice", *TEXTS),
        **{name: values for name, values in BERT.items() if name not in ("is_decoder", "add_cross_attention")},
        "relative_attention_num_buckets": [8, ABSENT],
    },
    "electra": {
        "architectures": heads("Electra", "PreTraining", *ROBERTA),
        **BERT,
        "num_attention_heads": [4, 8, ABSENT],  # others the class builds, but cannot run
        "embedding_size": [24, 16, ABSENT],
        "summary_use_proj": BIAS,
    },
    "albert": {
        "architectures": heads("Albert", "Model", "MaskedLM", "PreTraining", "MultipleChoice", *TEXTS),
        **{name: values for name, values in BERT.items() if name not in ("is_decoder", "add_cross_attention")},
        "num_attention_heads": [4, 8],
        "embedding_size": [24, 48, ABSENT],
        "num_hidden_groups": [2, ABSENT],
        "inner_group_num": [2, ABSENT],
    },
    "distilbert": {
        "architectures": heads("DistilBert", "Model", "MaskedLM", "MultipleChoice", *TEXTS),
        "vocab_size": VOCAB,
        "dim": [24, 48, ABSENT],
        "n_layers": [1, 3, ABSENT],
        "n_heads": [4, 12, ABSENT],
        "hidden_dim": INNER,
        "max_position_embeddings": [16, ABSENT],
        "sinusoidal_pos_embds": BIAS,
        "tie_word_embeddings": TIED,
        "num_labels": [3, ABSENT],
    },
    "deberta-v2": {
        "architectures": heads("DebertaV2", "Model", "MaskedLM", "MultipleChoice", *TEXTS),
        **{name: values for name, values in BERT.items() if name not in ("is_decoder", "add_cross_attention")},
        "type_vocab_size": [0, 2, ABSENT],
        "embedding_size": [16, ABSENT, ABSENT],
        "relative_attention": [True, True, ABSENT],
        "position_buckets": [10, -1, ABSENT],
        "max_relative_positions": [12, -1, ABSENT],
        "norm_rel_ebd": ["layer_norm", "none", ABSENT],
        "share_att_key": BIAS,
        "pos_att_type": [["p2c", "c2p"], ["c2p"], "p2c|c2p", ABSENT],
        "position_biased_input": BIAS,
        "conv_kernel_size": [3, 0, ABSENT],
        "conv_groups": [2, ABSENT],
        "legacy": [True, False, ABSENT],
    },
    "modernbert": {
        "architectures": heads("ModernBert", "Model", "MaskedLM", "MultipleChoice", *TEXTS),
        **MODERN,
    },
    "modernbert-decoder": {
        "architectures": heads("ModernBertDecoder", "Model", "CausalLM", "SequenceClassification"),
        **MODERN,
    },
    "esm": {
        "architectures": heads("Esm", "Model", "MaskedLM", "SequenceClassification", "TokenClassification"),
        **{name: values for name, values in BERT.items() if name not in ("type_vocab_size", "is_decoder")},
        "vocab_size": [33, 64],
        "pad_token_id": [1],
        "is_decoder": BIAS,
        "position_embedding_type": ["absolute", "rotary", ABSENT],
        "emb_layer_norm_before": BIAS,
    },
    "mt5": {"architectures": heads("MT5", *T5_HEADS), **T5},
    "umt5": {"architectures": heads("UMT5", *T5_HEADS), **T5},
    "bart": {"architectures": heads("Bart", *WRITES, "SequenceClassification", "QuestionAnswering"), **BART},
    "mbart": {"architectures": heads("MBart", *WRITES, "SequenceClassification", "QuestionAnswering"), **BART},
    "plbart": {"architectures": heads("PLBart", *WRITES, "SequenceClassification"), **BART},
    "pegasus": {"architectures": heads("Pegasus", *WRITES), **BART},
    "m2m_100": {"architectures": heads("M2M100", "Model", "ConditionalGeneration"), **BART},
    "blenderbot": {"architectures": heads("Blenderbot", *WRITES), **BART},
    "blenderbot-small": {"architectures": heads("BlenderbotSmall", *WRITES), **BART},
    "marian": {
        "architectures": [["MarianModel"], ["MarianMTModel"], ["MarianForCausalLM"], ABSENT],
        **BART,
        "decoder_vocab_size": [77, ABSENT],
        "share_encoder_decoder_embeddings": BIAS,
    },
    "clip_text_model": {
        "architectures": [["CLIPTextModel"], ["CLIPTextModelWithProjection"], ABSENT],
        **TOWER,
        "num_attention_heads": [4, 8, ABSENT],
        "projection_dim": [20, ABSENT],
    },
    "siglip_text_model": {"architectures": heads("Siglip", "TextModel"), **TOWER, "projection_size": [20, ABSENT]},
    "whisper": {
        "architectures": heads("Whisper", *WRITES, "AudioClassification"),
        **BART,
        "num_mel_bins": [128, ABSENT],
        "max_source_positions": [30, ABSENT],
        "max_target_positions": [20, ABSENT],
        "classifier_proj_size": [12, ABSENT],
        "use_weighted_layer_sum": BIAS,
    },
}
