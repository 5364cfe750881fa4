"""Which tie_word_embeddings counts where a language model lies inside another one: transformers' classes, on the meta device.

    build/torch/bin/python test/account/fuzz/ties.py    # writes test/golden/account/fuzz/ties.json

For each class the nine combinations of outer and inner setting, each absent, true or false; T where the head is the embedding.
"""

import json
import logging
import pathlib
import signal
import sys
import warnings

import torch
import transformers
from transformers.models.auto import modeling_auto as auto

NAMES = ("text_config", "llm_config", "language_config", "thinker_config")
SECONDS = 25
PATH = pathlib.Path(__file__).resolve().parents[2] / "golden" / "account" / "fuzz" / "ties.json"


def alarm(*_):
    raise TimeoutError("took too long")


def tied(model_type, class_name, fields):
    config = transformers.CONFIG_MAPPING[model_type](**fields)
    with torch.device("meta"):
        model = getattr(transformers, class_name)(config)
    return model.get_output_embeddings().weight is model.get_input_embeddings().weight


def combinations(model_type, class_name):
    config = transformers.CONFIG_MAPPING[model_type]()
    name = next(name for name in NAMES if name in config.sub_configs)
    inner = getattr(config, name)
    found = ""
    for outer_setting in (None, True, False):
        for inner_setting in (None, True, False):
            text = {"model_type": inner.model_type}
            if not hasattr(inner, "layer_types"):
                text["num_hidden_layers"] = 2
            if inner_setting is not None:
                text["tie_word_embeddings"] = inner_setting
            fields = {name: text}
            if outer_setting is not None:
                fields["tie_word_embeddings"] = outer_setting
            found += "T" if tied(model_type, class_name, fields) else "F"
    return {"in": name, "inner": inner.model_type, "tied": found}


def main():
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore")
    signal.signal(signal.SIGALRM, alarm)
    classes = {**auto.MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES, **auto.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES}
    rows = {}
    for model_type, name in classes.items():
        signal.alarm(SECONDS * 9)
        try:
            rows[model_type] = combinations(model_type, name if isinstance(name, str) else name[0])
        except Exception as error:
            print(f"{model_type}: {type(error).__name__}: {str(error)[:100]}", file=sys.stderr)
        finally:
            signal.alarm(0)
    lines = ",\n".join(f'"{name}":{json.dumps(row, separators=(",", ":"))}' for name, row in rows.items())
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(f'{{"made_by":"test/account/fuzz/ties.py","transformers":"{transformers.__version__}","types":{{\n{lines}\n}}}}\n')


if __name__ == "__main__":
    main()
