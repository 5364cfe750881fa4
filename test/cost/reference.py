"""Counts FLOPs with torch's own counter as transformers' classes read a text, for lib/cost to be compared with.

    build/torch/bin/python test/cost/reference.py [TYPE ...]    # writes test/golden/cost/flops.json

With types named, only their rows are made anew. The configs are the smallest of test/golden/account, which reference.py beside them made. Attention is eager: all scores of a text,
also those that a mask hides. Experts are computed token by token. What rotary positions multiply is left out.
"""

import importlib.util
import json
import logging
import pathlib
import sys

import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "account"))
from reference import DEFAULT_CLASS, OUTER, TEXT_MODEL, own_head, text_model  # noqa: E402


def small_models():
    """Those whose caches are measured: sizes that run. A package beside that file has its name."""
    spec = importlib.util.spec_from_file_location("caches", HERE.parent / "account" / "caches" / "mixtures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.CONFIGS


TOKENS = 12
ROWS = 2  # per family
TOO_LARGE = ["phi4_multimodal", *OUTER]  # what lies beside their language model


def build(model_type, fields):
    fields = dict(fields)
    architectures = fields.pop("architectures", None)
    config = transformers.CONFIG_MAPPING[model_type](**fields)
    name = architectures[0] if architectures else DEFAULT_CLASS.get(model_type)
    if model_type in OUTER:
        outer = getattr(transformers, OUTER[model_type])
        tied = {"tie_word_embeddings": fields.get("tie_word_embeddings", False)}
        model = outer(outer.config_class(text_config=fields, **tied))
        config = model.config
    elif model_type in TEXT_MODEL:
        model = text_model(TEXT_MODEL[model_type], config)
    elif name:
        model = getattr(transformers, name)(config)
    elif config.is_encoder_decoder:
        model = transformers.AutoModelForSeq2SeqLM.from_config(config)
    else:
        model = transformers.AutoModelForCausalLM.from_config(config)
    own_head(model_type, fields, model)
    return model.eval()


def inputs(model, model_type):
    config = getattr(model, "config", None)
    if model_type == "vit":
        sides = [config.image_size] * 2 if isinstance(config.image_size, int) else config.image_size
        return {"pixel_values": torch.zeros(1, config.num_channels, *sides)}
    ids = torch.arange(1, TOKENS + 1)[None] % 16
    if model_type == "whisper":
        return {
            "input_features": torch.zeros(1, config.num_mel_bins, 2 * config.max_source_positions),
            "decoder_input_ids": ids[:, :1],
        }
    if getattr(config, "is_encoder_decoder", False) and "Encoder" not in type(model).__name__:
        return {"input_ids": ids, "decoder_input_ids": ids[:, :1]}
    return {"input_ids": ids}


def flops(model_type, fields):
    torch.manual_seed(0)
    model = build(model_type, fields)
    try:
        model.set_attn_implementation("eager")
    except Exception:
        pass
    for part in model.modules():
        config = getattr(part, "config", None)
        if config is not None and hasattr(config, "_experts_implementation"):
            config._experts_implementation = "eager"
    more = {} if model_type == "vit" else {"use_cache": False}
    given = inputs(model, model_type)
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        try:
            if model_type in TEXT_MODEL:
                hidden = model.model(**given, **more).last_hidden_state
                hidden @ (model.lm_head.weight if hasattr(model, "lm_head") else model.model.embed_tokens.weight).T
            else:
                model(**given, **more)
        except TypeError:
            model(**given)
    counts = counter.get_flop_counts()
    rotary = sum(sum(ops.values()) for name, ops in counts.items() if name.split(".")[-1].startswith("rotary"))
    return counter.get_total_flops() - rotary, rotary


def main(wanted):
    logging.disable(logging.WARNING)
    golden = HERE.parent / "golden"
    rows = [row for path in sorted((golden / "account").glob("*.json")) for row in json.loads(path.read_text())["rows"]]
    path = golden / "cost" / "flops.json"
    old = json.loads(path.read_text())["rows"] if wanted and path.exists() else []
    made, sizes = [row for row in old if row["config"]["model_type"] not in wanted], small_models()
    for model_type in sorted({row["config"]["model_type"] for row in rows}):
        if wanted and model_type not in wanted:
            continue
        if model_type in TOO_LARGE:
            continue
        own = sorted((row for row in rows if row["config"]["model_type"] == model_type), key=lambda row: row["expected"]["total"])
        # Random sizes may be some that count, but do not run; those of test/account/caches do.
        runs = sizes.get(model_type)
        configs = [{"model_type": model_type, **runs}] if runs else []
        configs += [row["config"] for row in own if row["expected"]["total"] < 2e7]
        found = 0
        for config in configs:
            if found == ROWS:
                break
            try:
                total, rotary = flops(model_type, {k: v for k, v in config.items() if k != "model_type"})
            except Exception as error:
                print(f"{model_type}: {type(error).__name__}: {str(error)[:200]}", file=sys.stderr)
                continue
            found += 1
            made.append({"config": config, "tokens": TOKENS, "flops": total, "rotary": rotary})
        print(model_type, found, flush=True)
        write(path, sorted(made, key=lambda row: row["config"]["model_type"]))


def write(path, made):
    path.parent.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in made)
    path.write_text(f'{{"made_by":"test/cost/reference.py","torch":"{torch.__version__}","transformers":"{transformers.__version__}","rows":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1:])
