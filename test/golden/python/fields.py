"""What transformers makes of one changed field of config.json, for each committed tiny model and each field that any of the families
has, and some that their relatives have: the same logits, others, or none (it refuses, or the tensors no longer fit).

    python test/golden/python/fields.py      # transformers 5.24.0; writes test/golden/fields.json

The file holds what a loader must not ignore: per model, the fields that change nothing, and for the others the value and the logits
of the last token, or null.
"""

import json
import re
import shutil
import tempfile
import warnings
from dataclasses import MISSING, fields
from pathlib import Path

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM

warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()

HERE = Path(__file__).parent.parent
MODELS = HERE / "data" / "models"
TEXT = [3, 7, 5, 9, 4, 11, 6, 2, 8, 1]
FAMILIES = [
    "gpt2", "llama", "mistral", "qwen2", "qwen3", "mixtral", "qwen2_moe", "qwen3_moe", "olmoe", "deepseek_v3", "gpt_oss",
]  # fmt: skip
# What no class declares, but files have.
MORE = {
    "scoring_func": ["softmax"], "topk_method": ["greedy"], "moe_layer_freq": [2], "is_causal": [False], "pruned_heads": [{"0": [1]}],
    "rope_scaling": [{"type": "linear", "factor": 2.0}, {"type": "dynamic", "factor": 2.0}], "rope_theta": [77.0], "n_ctx": [12],
    "experts_per_token": [1], "num_local_experts": [2], "num_experts": [2], "n_routed_experts": [2], "partial_rotary_factor": [0.5],
    "rotary_pct": [0.5], "attn_logit_softcapping": [3.0], "qk_layernorm": [True], "use_qk_norm": [True], "hidden_activation": ["relu"],
    "sliding_window_size": [3], "attention_chunk_size": [3], "swiglu_limit": [0.01], "swiglu_alpha": [3.0], "attention_scale": [0.1],
    "attention_multiplier": [0.1], "no_rope_layers": [[0, 0]], "rotary_dim": [2], "rope_interleaved": [True], "seq_aux": [True],
    "is_decoder": [True], "cross_attention_hidden_size": [8], "layer_types": [["sliding_attention"] * 2, ["full_attention"] * 2],
    "sliding_window": [3, None], "use_sliding_window": [True, False], "max_window_layers": [0, 1, 2], "mlp_only_layers": [[0], [1]],
    "hidden_size": [16], "num_hidden_layers": [1], "num_attention_heads": [2], "max_position_embeddings": [8, 128],
    "hidden_act": ["relu", "gelu", "gelu_new", "gelu_pytorch_tanh", "quick_gelu", "swish"], "rope_interleave": [False],
    "activation_function": ["relu", "gelu", "gelu_fast", "gelu_python", "silu"], "tie_word_embeddings": [True, False],
    "rope_parameters": [
        {"rope_type": "default", "rope_theta": 77.0}, {"rope_type": "linear", "factor": 3.0, "rope_theta": 50.0},
        {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 50.0}, {"rope_type": "default"},
        {"rope_type": "yarn", "factor": 4.0, "rope_theta": 50.0, "original_max_position_embeddings": 16},
        {"rope_type": "yarn", "factor": 4.0, "rope_theta": 50.0},
        {"rope_type": "yarn", "factor": 4.0, "rope_theta": 50.0, "original_max_position_embeddings": 16, "attention_factor": 1.3},
        {"rope_type": "yarn", "factor": 4.0, "rope_theta": 50.0, "original_max_position_embeddings": 16, "beta_fast": 8, "beta_slow": 2, "truncate": False},
        {"rope_type": "yarn", "factor": 4.0, "rope_theta": 50.0, "original_max_position_embeddings": 16, "mscale": 0.7, "mscale_all_dim": 0.5},
        {"rope_type": "llama3", "factor": 8.0, "rope_theta": 50.0, "original_max_position_embeddings": 16, "low_freq_factor": 1.0, "high_freq_factor": 4.0},
        {"rope_type": "default", "rope_theta": 50.0, "partial_rotary_factor": 0.5},
        {"full_attention": {"rope_type": "default", "rope_theta": 50.0}, "sliding_attention": {"rope_type": "default", "rope_theta": 10.0}},
    ],
}  # fmt: skip
# Where files lie and how the model is run, or what sets the class or the number format.
NOT_TRIED = {"model_type", "architectures", "transformers_version", "dtype", "torch_dtype", "name_or_path", "id2label", "label2id"}


def others(value):
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, float):
        return [value * 1.5 + 0.25]
    if value is None:
        return [2]
    return []


def candidates():
    """Every field with the values that some class makes plausible."""
    found = {}
    for family in FAMILIES:
        config = AutoConfig.for_model(family)
        declared = {f.name: (None if f.default is MISSING else f.default) for f in fields(type(config))}
        for name, value in {**declared, **config.to_dict()}.items():
            if name in NOT_TRIED or name.startswith("_"):
                continue
            values = found.setdefault(name, [])
            # the numbers of large models would only make large tensors
            scale = value if not isinstance(value, int) or isinstance(value, bool) or value < 64 else 2
            values += [v for v in others(scale) if v not in values]
    for name, values in MORE.items():
        found[name] = [*values, *[v for v in found.get(name, []) if v not in values]]
    return found


def mentioned(family):
    """The names in the source of a family's class, its config and what both share: no other field can change a number."""
    root = Path(transformers.__file__).parent
    files = [*(root / "models" / family).glob("*.py"), root / "modeling_rope_utils.py", root / "masking_utils.py"]
    words = set(re.findall(r"\w+", " ".join(file.read_text() for file in files)))
    return words | {"tie_word_embeddings", "is_encoder_decoder", "pad_token_id", "pruned_heads"}


def logits(folder, config):
    (folder / "config.json").write_text(json.dumps(config))
    model, info = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True, attn_implementation="eager", experts_implementation="eager")
    if any(info.get(what) for what in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs")):
        return None
    model.eval()
    with torch.no_grad():
        return model(input_ids=torch.tensor([TEXT])).logits[0, -1].tolist()


def main():
    tried = candidates()
    result = {"made_by": "test/golden/python/fields.py", "transformers": transformers.__version__, "text": TEXT, "models": {}}
    for source in sorted(MODELS.iterdir()):
        config = json.loads((source / "config.json").read_text())
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copy(source / "model.safetensors", folder)
            base = logits(folder, config)
            ignored, changing = [], []
            known = mentioned(config["model_type"])
            for field, values in sorted(tried.items()):
                if field not in known and field not in MORE:
                    continue
                for value in values:
                    if field in config and type(config[field]) is type(value) and config[field] == value:
                        continue
                    try:
                        out = logits(folder, {**config, field: value})
                    except Exception:
                        out = None
                    if out is not None and any(x != x for x in out):
                        out = None
                    if out == base:
                        ignored.append([field, value])
                    else:
                        changing.append([field, value, out and [round(x, 6) for x in out]])
        result["models"][source.name] = {"logits": [round(x, 6) for x in base], "same": ignored, "changed": changing}
        print(source.name, len(ignored), "same,", len([c for c in changing if c[2]]), "others,", len([c for c in changing if not c[2]]), "none", flush=True)
        rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(model, separators=(',', ':'))}" for name, model in result["models"].items())
        head = json.dumps({key: value for key, value in result.items() if key != "models"})[:-1]
        (HERE / "fields.json").write_text(f'{head}, "models": {{\n{rows}\n}}}}\n')


if __name__ == "__main__":
    main()
