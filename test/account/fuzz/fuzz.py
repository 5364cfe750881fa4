"""Counts, with transformers' own classes on the meta device, every causal model type that transformers has: its default config,
and configs with one field changed.

    build/torch/bin/python test/account/fuzz/fuzz.py [--changes N] [--out FILE] [TYPE …]   # writes build/account/fuzz.json

`npm run account:fuzz` compares the file with lib/account. Each row: {"type", "field": the field changed or null, "form", "config", "total"}.
With --golden a small part goes to test/golden/account/fuzz/others.json: of each type the default config, and one with few layers and
what some changes make of it.
"""

import argparse
import json
import logging
import pathlib
import random
import re
import signal
import sys
import warnings

import torch
import transformers
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as CAUSAL
from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES as MASKED

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from reference_fields import NEEDED  # noqa: E402

SECONDS = 40  # for one model
# Fields that no count depends on, and that only make rows.
NO_SIZE = ("_token_id", "_attn_implementation", "transformers_version", "initializer", "dropout", "id2label", "label2id")
# What turns images or sound into tokens, by the names of its parameters: not in the count of a language model.
BESIDE = re.compile(
    r"vision|visual|image|audio|speech|projector|(?<!per_layer_)(?<!per_layer_model_)projection|connector|perceiver|embed_tokens_extend|vqmodel|vq_|patch_embed|embed_vision"
)


class TooLong(Exception):
    pass


def alarm(*_):
    raise TooLong("took too long")


def build(name, config):
    signal.alarm(SECONDS)
    try:
        with torch.device("meta"):
            return getattr(transformers, name)(config)
    finally:
        signal.alarm(0)


def total(model, composite):
    """All parameters, each tied one once; of a model of images and text, the language model's."""
    sizes = {name: p.numel() for name, p in model.named_parameters() if not (composite and BESIDE.search(name))}
    zero = getattr(model.config, "zero_expert_num", 0)
    if zero:  # LongCat's class gives its "zero" experts rows that no checkpoint has
        real = model.config.n_routed_experts
        sizes = {
            name: size // (real + zero) * real if name.endswith("experts.gate_up_proj") else size
            for name, size in sizes.items()
        }
    return sum(sizes.values())


def plain(config):
    return json.loads(config.to_json_string(use_diff=False))


def changes(rng, values):
    """Other values of one field, each in turn: sizes grow, flags turn, what is null becomes a size."""
    found = []
    for field, value in values.items():
        if any(part in field for part in NO_SIZE):
            continue
        if isinstance(value, bool):
            found.append((field, not value))
        elif isinstance(value, int):
            found.append((field, value * 2 if value > 0 else 2))
        elif isinstance(value, list) and value and all(isinstance(v, int) for v in value):
            found.append((field, [v + 1 for v in value]))
        elif value is None:
            found += [(field, 8), (field, True)]
    rng.shuffle(found)
    return found


def rows(model_type, n_changes):
    name = CAUSAL[model_type]
    make = transformers.CONFIG_MAPPING[model_type]
    needed = NEEDED.get(model_type, {})
    config = make(**needed)
    composite = any(isinstance(getattr(config, key, None), transformers.PretrainedConfig) for key in config.sub_configs)

    def row(field, form, config, total):
        return {"type": model_type, "field": field, "form": form, "config": config, "total": total}

    # Without a class, an encoder is counted without a head, and one with a decoder with both.
    plainly = {"model_type": model_type}
    if config.is_encoder_decoder or model_type in MASKED:
        plainly["architectures"] = [name]
    count = total(build(name, config), composite)
    full = {**plain(config), "architectures": [name]}
    found = [row(None, "full", full, count), row(None, "short", {**plainly, **needed}, count)]

    # With few layers, the changes are quick.
    rng = random.Random(model_type)
    layers = next((key for key in ("num_hidden_layers", "n_layer", "num_layers", "n_layers") if key in full), None)
    for few in (4, 6, None):
        small = {**needed, **({layers: few} if few and layers and not composite else {})}
        try:
            config = make(**small)
            count = total(build(name, config), composite)
            break
        except Exception:
            continue
    else:
        return found
    base = {**plain(config), "architectures": [name]}
    found.append(row(None, "small", base, count))
    for field, value in changes(rng, base):
        if n_changes <= 0:
            break
        try:
            config = make(**{**small, field: value})
            changed = total(build(name, config), composite)
        except TooLong:
            raise
        except Exception:
            continue
        n_changes -= 1
        found.append(row(field, "full", {**plain(config), "architectures": [name]}, changed))
        if changed != count:  # the same as a file that says little
            found.append(row(field, "short", {**plainly, **small, field: value}, changed))
    return found


NOISE = re.compile(r"label|^output_|^return_|^_|problem_type|dtype|transformers_version|token_id|dropout$|initializer|chunk_size|prefix|rope_|summary_")


def sample(rows, n_changes=3):
    """Of one type's rows: fields that bear nothing left out, changes as what differs from the config with few layers."""
    full = {row["form"]: row for row in rows if row["field"] is None}
    small = full["small"]["config"]

    def short(config):
        return {key: value for key, value in config.items() if not NOISE.search(key)}

    bearing = [row for row in rows if row["field"] and row["form"] == "full" and row["total"] != full["small"]["total"]]
    changes = [
        {
            "field": row["field"],
            "config": {key: value for key, value in row["config"].items() if small.get(key) != value},
            "total": row["total"],
        }
        for row in bearing[:n_changes]
    ]
    of = {"type": rows[0]["type"], "default": {"config": short(full["full"]["config"]), "total": full["full"]["total"]}}
    return {**of, "small": {"config": short(small), "total": full["small"]["total"]}, "changes": changes}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--changes", type=int, default=6)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/account/fuzz.json"))
    parser.add_argument("--golden", action="store_true")
    parser.add_argument("types", nargs="*")
    args = parser.parse_args()
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore")
    signal.signal(signal.SIGALRM, alarm)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    found, failed = [], []
    for model_type in args.types or CAUSAL:
        try:
            found += rows(model_type, args.changes)
        except Exception as error:
            failed.append(model_type)
            print(f"{model_type}: {type(error).__name__}: {str(error)[:200]}", file=sys.stderr)
    made = {"transformers": transformers.__version__, "failed": failed}
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in found)
    args.out.write_text(f'{json.dumps(made)[:-1]}, "rows": [\n{lines}\n]}}\n')
    if args.golden:
        by_type = {row["type"]: [other for other in found if other["type"] == row["type"]] for row in found}
        golden(list(by_type.values()))


def golden(by_type):
    lines = ",\n".join(json.dumps(sample(rows), separators=(",", ":")) for rows in by_type if any(r["form"] == "small" for r in rows))
    path = pathlib.Path(__file__).resolve().parents[2] / "golden" / "account" / "fuzz" / "others.json"
    path.write_text(f'{{"made_by":"test/account/fuzz/fuzz.py","transformers":"{transformers.__version__}","types":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
