"""Loads saved twins with transformers, and saves what it computes beside them: FOLDER/NAME/actual.safetensors.

    python twins.py FOLDER      prints the versions
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file

for folder in sorted(Path(sys.argv[1]).iterdir()):
    given = load_file(folder / "expected.safetensors")
    ids = given["input_ids"].long()
    # torch's grouped product, which is the default for experts, wants rows of whole 16 bytes: other widths need the plain loop.
    width = json.loads((folder / "config.json").read_text()).get("moe_intermediate_size" if "qwen" in folder.name else "intermediate_size", 0)
    how = dict(experts_implementation="eager") if "aux_loss" in given and width % 4 else {}
    model, told = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True, **how)
    if any(told[what] for what in ("missing_keys", "unexpected_keys", "mismatched_keys")):
        raise SystemExit(f"{folder.name}: {told}")
    with torch.no_grad():
        more = dict(output_router_logits=True) if "aux_loss" in given else {}
        out = model(input_ids=ids, labels=ids, **more)
        loss = out.loss - model.config.router_aux_loss_coef * out.aux_loss if more else out.loss
        text = model.generate(ids[:1, :4], attention_mask=torch.ones(1, 4), do_sample=False, max_new_tokens=8)
    actual = dict(input_ids=ids, logits=out.logits, loss=loss, generated_ids=text)
    if more:
        actual["aux_loss"] = out.aux_loss
    save_file({name: x.contiguous() for name, x in actual.items()}, folder / "actual.safetensors")
print(f"transformers {transformers.__version__}, torch {torch.__version__}")
