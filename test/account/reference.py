"""Counts parameters with transformers' own classes on the meta device, for lib/account to be compared with.

    python3 -m venv build/torch && build/torch/bin/pip install torch transformers==5.24.0
    build/torch/bin/python test/account/reference.py [TYPE …]    # writes test/golden/account/*.json

With types named, only their rows are made anew.

For each family: a config with as few fields as it can have (all of transformers' defaults), then random ones. A group of
parameters is recognized by its name in the checkpoint; the groups add up to the total, which is asserted.
"""

import json
import logging
import pathlib
import random
import re
import sys

import torch
import transformers
from reference_dense import DENSE
from reference_encoder import ENCODERS
from reference_fields import ABSENT
from reference_moe import MOE
from reference_shaped import SHAPED, SHAPED_KINDS, SHAPED_SHARED

GROUPS = {"dense": DENSE, "moe": MOE, "encoder": ENCODERS, "shaped": SHAPED}
CONFIGS = 7  # per family
HERE = pathlib.Path(__file__).resolve().parent
# What a config needs besides its model_type: fields without a default, or whose default the class cannot build.
NEEDED = {
    "dbrx": {"attn_config": {"rope_theta": 1e4}},
    "deepseek_v2": {"num_experts_per_tok": 6},
    "dots1": {"n_shared_experts": 2, "n_routed_experts": 128, "num_experts_per_tok": 6},
    "hunyuan_v1_dense": {"head_dim": 128},
    "hunyuan_v1_moe": {"head_dim": 128},
    "ministral": {"head_dim": 128},
    "nemotron": {"num_key_value_heads": 48},
    "lfm2_moe": {"num_hidden_layers": 3, "layer_types": ["conv", "full_attention", "conv"]},
}
DEFAULT_CLASS = {"bert": "BertModel", "vit": "ViTModel", "llama4_text": "Llama4ForCausalLM"}

# Names that mean something else in one family: looked at before KINDS.
OWN_KINDS = {}

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
    ("other_params", r"cls_token|token_type_embeddings|pooler|classifier|cls\.predictions\.transform|seq_relationship"),
]


def kind(model_type, name):
    patterns = [*OWN_KINDS.get(model_type, []), *SHAPED_KINDS.get(model_type, []), *KINDS]
    found = next((kind for kind, pattern in patterns if re.search(pattern, name)), None)
    if found is None:
        raise SystemExit(f"{model_type}: no group for {name}")
    return found


def first(config, *names, default=0):
    """The first of these fields that the config has."""
    return next((getattr(config, name) for name in names if getattr(config, name, None) is not None), default)


def facts(model_type, config):
    """Experts, experts per token, and how many shared ones the config declares."""
    if model_type == "dbrx":
        return config.ffn_config.moe_num_experts, config.ffn_config.moe_top_k, 0
    if model_type in ("switch_transformers", "nllb-moe"):
        return config.num_experts, 1 if model_type == "switch_transformers" else 2, 0
    total = first(config, "moe_num_experts", "n_routed_experts", "num_local_experts", "num_experts")
    top_k = first(config, "moe_k", "moe_topk", "num_experts_per_tok")
    shared = {"qwen2_moe": 1, "qwen3_next": 1, "llama4_text": 1, "hunyuan_v1_moe": 1}.get(
        model_type, first(config, "n_shared_experts", "moe_num_shared_experts")
    )
    return total, top_k, SHAPED_SHARED[model_type](config) if model_type in SHAPED_SHARED else shared


def count(model_type, fields):
    fields = dict(fields)
    architectures = fields.pop("architectures", None)
    config = transformers.CONFIG_MAPPING[model_type](**fields)
    name = architectures[0] if architectures else DEFAULT_CLASS.get(model_type)
    with torch.device("meta"):
        if name:
            model = getattr(transformers, name)(config)
        elif config.is_encoder_decoder:
            model = transformers.AutoModelForSeq2SeqLM.from_config(config)
        else:
            model = transformers.AutoModelForCausalLM.from_config(config)

    n_experts, top_k, shared = facts(model_type, config)
    groups = {name: 0 for name, _ in KINDS}
    routed = {}  # by layer
    for parameter_name, parameter in model.named_parameters():  # a tied one comes once
        size, group = parameter.numel(), kind(model_type, parameter_name)
        if model_type == "longcat_flash" and parameter_name.endswith("experts.gate_up_proj"):
            # The class gives its "zero" experts rows here too, which no checkpoint has and no token uses.
            size = size // (n_experts + config.zero_expert_num) * n_experts
        groups[group] += size
        if group == "routed_expert_params":
            layer = parameter_name.split(".experts.")[0]
            routed[layer] = routed.get(layer, 0) + size
    total, moe_layers = sum(groups.values()), len(routed)

    parameters = {id(p) for p in model.parameters()}
    saved = {name: t for name, t in model.state_dict(keep_vars=True).items() if id(t) not in parameters}
    layers = first(config, "num_layers", "num_hidden_layers")
    if model_type in ("t5", "switch_transformers", "nllb-moe") and architectures != ["T5EncoderModel"]:
        layers += first(config, "num_decoder_layers", "decoder_layers")
    if moe_layers == 0:
        n_experts = top_k = shared = 0
    idle = sum(size // n_experts * (n_experts - top_k) for size in routed.values())
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
    """CONFIGS rows of one family."""
    rng = random.Random(model_type)
    found = []
    for config in [NEEDED.get(model_type, {}), *sensible(rng, fields)]:
        if len(found) == CONFIGS:
            break
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
