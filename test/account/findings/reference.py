"""Counts files of the hub with transformers' own classes on the meta device.

    build/torch/bin/python test/account/findings/reference.py    # writes the totals in test/golden/account/findings/*.json

The configs stay as they are; those of files.json have the fields of the published files that bear on a count. Of a model of images or sound the language
model and its head are counted, so all but the parts whose names speak of another sense.
"""

import json
import logging
import pathlib
import re

import torch
import transformers

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "golden" / "account" / "findings"
OTHER_SENSES = r"vision|visual|connector|multi_modal_projector|audio"
# The hub's name of a class, and transformers' own.
RENAMED = {"MPTForCausalLM": "MptForCausalLM"}


def total(config):
    if config["model_type"] == "gemma3n":  # whose tower of images another package builds
        config = {**config["text_config"], "architectures": ["Gemma3nForCausalLM"]}
    fields = dict(config)
    made = transformers.CONFIG_MAPPING[fields.pop("model_type")].from_dict(fields)
    with torch.device("meta"):
        if "architectures" in config:
            name = config["architectures"][0]
            model = getattr(transformers, RENAMED.get(name, name))(made)
        else:
            model = transformers.AutoModel.from_config(made)
    sensing = "text_config" in config or "vision_config" in config
    parameters = model.named_parameters()
    return sum(p.numel() for name, p in parameters if not (sensing and re.search(OTHER_SENSES, name)))


def main():
    logging.disable(logging.WARNING)
    for path in FOLDER.glob("*.json"):
        rows = json.loads(path.read_text())["rows"]
        for row in rows:
            row["total"] = total(row["config"])
        lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
        head = f'"made_by":"test/account/findings/reference.py","transformers":"{transformers.__version__}"'
        path.write_text(f'{{{head},"rows":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
