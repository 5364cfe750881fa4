"""Counts parameters with transformers' own classes on the meta device, for lib/account to be compared with.

    python3 -m venv build/torch && build/torch/bin/pip install torch transformers==5.24.0
    build/torch/bin/python test/account/reference.py [TYPE …]    # writes test/golden/account/*.json

With types named, only their rows are made anew.

For each family: a config with as few fields as it can have (all of transformers' defaults), then random ones. A group of
parameters is recognized by its name in the checkpoint; the groups add up to the total, which is asserted.
"""

import importlib
import json
import logging
import pathlib
import random
import re
import sys

import torch
import transformers
from reference_dense import DENSE
from reference_encoder import ENCODER_CLASSES, ENCODER_KINDS, ENCODERS, own_head
from reference_fields import ABSENT, NEEDED
from reference_moe import MOE

GROUPS = {"dense": DENSE, "moe": MOE, "encoder": ENCODERS}
CONFIGS = 7  # per family
HERE = pathlib.Path(__file__).resolve().parent
DEFAULT_CLASS = {**ENCODER_CLASSES, "llama4_text": "Llama4ForCausalLM"}

# Text models that have no head: they are built inside the model of images and text, whose other parts are not counted.
OUTER = {
    "qwen2_5_omni_text": "Qwen2_5OmniThinkerForConditionalGeneration",
    "qwen2_vl_text": "Qwen2VLForConditionalGeneration",
    "qwen2_5_vl_text": "Qwen2_5_VLForConditionalGeneration",
    "qwen3_vl_text": "Qwen3VLForConditionalGeneration",
}
NOT_LANGUAGE = r"(^|\.)(visual|audio_tower)\.|embed_tokens_extend"

# The language model inside a model of images: its class, to which the head of the whole comes.
TEXT_MODEL = {
    "ernie4_5_vl_moe_text": "Ernie4_5_VLMoeTextModel",
    "glm4v_moe_text": "Glm4vMoeTextModel",
    "qwen3_vl_moe_text": "Qwen3VLMoeTextModel",
}
# Names that mean something else in one family: looked at before KINDS.
PER_LAYER = [("embed", r"embed_tokens_per_layer"), ("other_params", r"altup|laurel|per_layer_(input_gate|\w*projection)\.")]
CROSS = [("attention_params", r"\.crossattention\.")]
FAIRSEQ = [("position_embed", r"embed_positions"), ("dense_mlp_params", r"\.fc[12]\.")]
STATE = [("embed", r"\.embeddings\."), ("attention_params", r"\.mixer\.")]
HYPER = ("other_params", r"\.(attn|ffn)_hc\.|hc_head\.")
OWN_KINDS = {
    **dict.fromkeys(ENCODERS, ENCODER_KINDS),
    "biogpt": [("lm_head", r"^output_projection"), *FAIRSEQ],
    "gemma3n_text": PER_LAYER,
    "gpt2": CROSS,
    "gpt_bigcode": CROSS,
    "gemma4_text": PER_LAYER,
    "opt": [("other_params", r"project_(in|out)"), *FAIRSEQ],
    "xglm": [("attention_params", r"encoder_attn\."), *FAIRSEQ],
    "bitnet": [("norm_params", r"sub_norm")],
    "bloom": [("attention_params", r"\.self_attention\.")],
    "ctrl": [("embed", r"\.w\.weight$"), ("attention_params", r"multi_head_attention")],
    "falcon": [("attention_params", r"\.self_attention\.")],
    "falcon_mamba": STATE,
    "mamba": STATE,
    "mamba2": STATE,
    "recurrent_gemma": [("attention_params", r"\.temporal_block\."), ("dense_mlp_params", r"\.mlp_block\.")],
    "rwkv": [("lm_head", r"^head\."), ("norm_params", r"\.(pre_ln|ln\d)\."), *STATE],
    "afmoe": [("router_params", r"expert_bias")],
    "deepseek_v4": [HYPER],
    "doge": [("shared_expert_params", r"\.mlp\.(gate|up|down)_proj\."), ("router_params", r"router_gate"), ("routed_expert_params", r"(up|down)_embed"), ("other_params", r"_residual$")],
    "hy_v4": [HYPER],
    "gpt_neox_japanese": [("lm_head", r"^embed_out")],
    "hyperclovax": [("norm_params", r"post_norm")],
    "openai-gpt": [("embed", r"tokens_embed"), ("position_embed", r"positions_embed")],
    "inkling_text": [("attention_params", r"(attn|mlp)_sconv")],
    "jetmoe": [
        ("router_params", r"router"),
        ("routed_expert_params", r"(input|output)_linear"),
        ("shared_expert_params", r"\.mlp\.bias"),
        ("attention_params", r"self_attention"),
    ],
    "zamba2": [("other_params", r"\.\d+\.linear\.weight")],
    "zaya": [("router_params", r"\.gate\."), ("other_params", r"residual_scale\.|input_hidden_states")],
    "nemotron_h": [
        ("embed", r"embeddings\.weight"),
        ("shared_expert_params", r"shared_experts"),
        ("router_params", r"\.gate\."),
        ("routed_expert_params", r"\.experts\.|latent_proj"),
        ("norm_params", r"norm"),
        ("dense_mlp_params", r"mixer\.(up|down)_proj"),
        ("attention_params", r"\.mixer\."),
    ],
}
# Experts that no token of a text uses; projections around experts that every token passes; what else has experts in a layer.
ALWAYS_IDLE = r"vision_moe\.experts"
NO_EXPERT = r"latent_proj"
NOT_FIRST = r"self_attention\.experts|vision_moe"

# The first pattern found in a name decides.
KINDS = [
    ("lm_head", r"^lm_head\.|^cls\.predictions\.(decoder\.)?bias"),
    ("embed", r"(^|\.)(wte|embed_tokens|embed_in|shared|word_embeddings)\.weight$|patch_embeddings"),
    ("position_embed", r"wpe\.|position_embeddings"),
    ("shared_expert_params", r"shared_expert|shared_mlp"),
    ("router_params", r"\.gate\.|\.router\."),
    ("routed_expert_params", r"\.experts\."),
    ("attention_params", r"\.(self_attn|attn|attention|SelfAttention|EncDecAttention|cross_attention)\."),
    ("norm_params", r"norm|\.ln_|LayerNorm"),
    ("attention_params", r"\.(mamba|linear_attn|conv)\."),
    ("dense_mlp_params", r"\.(mlps?|ffn|feed_forward|DenseReluDense|intermediate|output)\."),
    ("other_params", r"score\.|qa_outputs|cls_token|token_type_embeddings|pooler|classifier|cls\.predictions\.transform|seq_relationship"),
]


def kind(model_type, name):
    patterns = [*OWN_KINDS.get(model_type, []), *KINDS]
    found = next((kind for kind, pattern in patterns if re.search(pattern, name)), None)
    if found is None:
        raise SystemExit(f"{model_type}: no group for {name}")
    return found


def first(config, *names, default=0):
    """The first of these fields that the config has."""
    return next((getattr(config, name) for name in names if getattr(config, name, None) is not None), default)


ONE_SHARED = (
    "deepseek_v4 doge flint hunyuan_v1_moe laguna llama4_text minimax_m3_vl_text nemotron_h qwen2_moe qwen3_5_moe_text qwen3_next"
).split()


def facts(model_type, config):
    """Experts, experts per token, and how many shared ones the config declares."""
    if model_type == "dbrx":
        return config.ffn_config.moe_num_experts, config.ffn_config.moe_top_k, 0
    if model_type in ("switch_transformers", "nllb-moe"):
        return config.num_experts, 1 if model_type == "switch_transformers" else 2, 0
    total = first(config, "moe_num_experts", "n_routed_experts", "num_local_experts", "num_experts")
    top_k = first(config, "moe_k", "moe_topk", "num_experts_per_tok", "top_k_experts")
    if model_type in ONE_SHARED:
        return total, top_k, 1
    if model_type.startswith("granitemoe"):
        return total, top_k, 1 if first(config, "shared_intermediate_size") else 0
    return total, top_k, first(config, "n_shared_experts", "moe_num_shared_experts", "num_shared_experts")


def text_model(name, config):
    parts = type(config).__module__.replace("configuration_", "modeling_")
    model = torch.nn.Module()
    model.model = getattr(importlib.import_module(parts), name)(config)
    if not config.tie_word_embeddings:
        model.lm_head = torch.nn.Linear(config.hidden_size, config.vocab_size, bias=getattr(config, "use_bias", False))
    return model


def count(model_type, fields):
    fields = dict(fields)
    architectures = fields.pop("architectures", None)
    config = transformers.CONFIG_MAPPING[model_type](**fields)
    name = architectures[0] if architectures else DEFAULT_CLASS.get(model_type)
    with torch.device("meta"):
        if model_type in OUTER:
            outer = getattr(transformers, OUTER[model_type])
            tied = {"tie_word_embeddings": fields.get("tie_word_embeddings", False)}
            model = outer(outer.config_class(text_config=fields, **tied))
        elif model_type in TEXT_MODEL:
            model = text_model(TEXT_MODEL[model_type], config)
        elif name:
            model = getattr(transformers, name)(config)
        elif config.is_encoder_decoder:
            model = transformers.AutoModelForSeq2SeqLM.from_config(config)
        else:
            model = transformers.AutoModelForCausalLM.from_config(config)
        own_head(model_type, fields, model)

    n_experts, top_k, shared = facts(model_type, config)
    groups = {name: 0 for name, _ in KINDS}
    routed, idle = {}, 0  # the first by layer
    words = None if model_type in TEXT_MODEL else model.get_input_embeddings()
    for parameter_name, parameter in model.named_parameters():  # a tied one comes once
        if re.search(NOT_LANGUAGE, parameter_name):
            continue
        # The table of words may come under the name of the head that shares it.
        is_words = isinstance(words, torch.nn.Embedding) and parameter is words.weight
        size, group = parameter.numel(), "embed" if is_words else kind(model_type, parameter_name)
        if model_type == "longcat_flash" and parameter_name.endswith("experts.gate_up_proj"):
            # The class gives its "zero" experts rows here too, which no checkpoint has and no token uses.
            size = size // (n_experts + config.zero_expert_num) * n_experts
        groups[group] += size
        if group == "routed_expert_params" and not re.search(NO_EXPERT, parameter_name):
            layer = re.match(r".*?\.\d+\.", parameter_name)[0]
            every = n_experts if re.search(ALWAYS_IDLE, parameter_name) else n_experts - top_k
            idle += size * every
            if not re.search(NOT_FIRST, parameter_name):
                routed[layer] = routed.get(layer, 0) + size
    total, moe_layers = sum(groups.values()), len(routed)
    idle //= max(1, n_experts)
    if moe_layers == 0:  # a shared layer beside no expert is a dense layer
        groups["dense_mlp_params"] += groups.pop("shared_expert_params")
        groups["shared_expert_params"] = 0

    parameters = {id(p) for p in model.parameters()}
    saved = {name: t for name, t in model.state_dict(keep_vars=True).items() if id(t) not in parameters and not re.search(NOT_LANGUAGE, name)}
    layers = first(config, "num_layers", "num_hidden_layers")
    if model_type in ENCODERS and model_type != "albert":  # whose layers share their parameters
        numbered = [re.match(r"(.*\.)?(layers?|blocks?)\.\d+(?=\.)", name) for name, _ in model.named_parameters()]
        layers = len({re.sub(r"(\.layers?|\.blocks?)(\.\d+)(\.layer\.\d+)$", r"\1\2", m[0]) for m in numbered if m})
    if moe_layers == 0:
        n_experts = top_k = shared = 0
    return {
        "total": total,
        "active": total - idle,
        **groups,
        "expert_params_each": next(iter(routed.values())) // n_experts if routed else 0,
        "n_experts": n_experts,
        "top_k": top_k,
        "shared_experts": shared,
        "layers": layers,
        "moe_layers": moe_layers,
        "persistent_buffers": sum(t.numel() for t in saved.values()),
        "persistent_buffer_names": sorted({name.split(".")[-1] for name in saved}),
    }


def draw(rng, fields):
    config = {}
    later = {name: values for name, values in fields.items() if callable(values)}
    for name, values in fields.items():
        if name in later:
            continue
        value = rng.choice(list(values))
        if value != ABSENT:
            config[name] = value
    for name, make in later.items():
        if "num_hidden_layers" in config and rng.random() < 0.75:
            config[name] = make(rng, config)
    return config


def sensible(rng, fields):
    """Draws until heads fit: defaults of one field beside small values of another may not."""
    for _ in range(500):
        yield draw(rng, fields)


def make(model_type, fields):
    """CONFIGS rows of one family; where its classes are listed, so many that each comes once."""
    classes = fields.get("architectures", [])
    wanted = max(CONFIGS, len(classes) + 1)
    rng = random.Random(model_type)
    found = []
    for config in [NEEDED.get(model_type, {}), *sensible(rng, fields)]:
        if len(found) == wanted:
            break
        if found and classes:
            config = {**config, "architectures": classes[len(found) % len(classes)]}
            config = {name: value for name, value in config.items() if value != ABSENT}
        try:
            expected = count(model_type, config)
        except Exception as error:
            print(f"{model_type}: {config}: {type(error).__name__}: {str(error)[:300]}", file=sys.stderr)
            continue
        found.append({"config": {"model_type": model_type, **config}, "expected": expected})
    print(model_type, len(found))
    return found


def main(wanted):
    logging.disable(logging.WARNING)
    for group, families in GROUPS.items():
        path = HERE.parent / "golden" / "account" / f"{group}.json"
        old = json.loads(path.read_text())["rows"] if wanted and path.exists() else []
        rows = []
        for model_type, fields in families.items():
            kept = [row for row in old if row["config"]["model_type"] == model_type]
            rows += make(model_type, fields) if model_type in wanted or not kept else kept
        made = {"made_by": "test/account/reference.py", "transformers": transformers.__version__}
        lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
        head = json.dumps(made, separators=(",", ":"))[1:-1]
        path.write_text(f'{{{head},"rows":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    main(sys.argv[1:])
