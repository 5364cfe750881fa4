"""Measures the caches of transformers' own classes, for `caches` of lib/account to be compared with.

    build/torch/bin/python test/account/caches/dense.py [TYPE …]    # writes test/golden/caches/dense.json

Small configs of test/golden/account/dense.json, with random weights, read TOKENS tokens; what their cache then holds is counted
layer by layer. A window of WINDOW tokens is asked for wherever the class knows one, so that it is full. With types named, only
their rows are made anew.
"""

import collections
import json
import logging
import pathlib
import re
import sys

import torch
import transformers

HERE = pathlib.Path(__file__).resolve().parent
ACCOUNT = HERE.parent.parent / "golden" / "account" / "dense.json"
CACHES = HERE.parent.parent / "golden" / "caches" / "dense.json"
TOKENS = 12
WINDOW = 6
LARGEST = 6_000_000  # parameters of a model that is run, embeddings aside
ROWS = 3  # per family
# Text models that are run inside the model of images and text.
OUTER = {
    "qwen2_vl_text": "Qwen2VLForConditionalGeneration",
    "qwen2_5_vl_text": "Qwen2_5_VLForConditionalGeneration",
    "qwen3_vl_text": "Qwen3VLForConditionalGeneration",
}
# Without rotary positions, or with heads of several sizes.
ROTARY_FREE = re.compile("^(gemma|mamba|rwkv|xlstm)|mamba$")


def build(model_type, fields):
    if model_type in OUTER:
        outer = getattr(transformers, OUTER[model_type])
        vision = {"depth": 1, "hidden_size": 32, "embed_dim": 32, "num_heads": 4, "out_hidden_size": 32}
        return outer(outer.config_class(text_config=fields, vision_config=vision))
    if model_type == "phi4_multimodal":
        return transformers.Phi3ForCausalLM(transformers.Phi3Config(**fields))
    return transformers.AutoModelForCausalLM.from_config(transformers.CONFIG_MAPPING[model_type](**fields))


def held(layer):
    """Numbers for one token, and the window or null; of a state, the numbers and "state"."""
    states = [getattr(layer, name, None) for name in ("conv_states", "recurrent_states")]
    tensors = [tensor for state in states if state for tensor in state.values() if tensor is not None]
    if tensors:
        yield sum(t.numel() for t in tensors), "state"
    keys, values = getattr(layer, "keys", None), getattr(layer, "values", None)
    if keys is None or keys.numel() == 0:
        return
    window = getattr(layer, "sliding_window", None)
    # A full window holds one token less: the next one joins it.
    tokens = TOKENS if window is None else window - 1
    assert keys.shape[-2] == tokens, (keys.shape, window)
    yield (keys.numel() + values.numel()) // tokens, window


def measure(model_type, fields, more):
    torch.manual_seed(0)
    model = build(model_type, fields | more).eval()
    with torch.no_grad():
        given = transformers.DynamicCache(config=model.config) if model_type == "recurrent_gemma" else None
        tokens = torch.arange(TOKENS)[None] + 3
        output = model(tokens, cache=given) if given else model(tokens, use_cache=True)
    if model_type == "rwkv":  # five tensors [1, width, layers] that no class holds
        return [{"numbers": sum(t[0, :, 0].numel() for t in output.state), "window": "state", "layers": len(model.rwkv.blocks)}]
    cache = given or next(output[name] for name in ("past_key_values", "cache_params", "cache") if name in output)
    counted = collections.Counter(numbers for layer in cache.layers for numbers in held(layer))
    # RecurrentGemma keeps its states in the layers themselves.
    counted.update(
        (block.conv1d_state.numel() + block.rg_lru.recurrent_states.numel(), "state")
        for block in model.modules()
        if getattr(block, "conv1d_state", None) is not None
    )
    return [{"numbers": n, "window": window, "layers": times} for (n, window), times in sorted(counted.items(), key=str)]


def small(model_type, fields):
    """The same config with a short window and few words, which caches do not depend on."""
    known = transformers.CONFIG_MAPPING[model_type].__init__.__code__.co_varnames + tuple(
        getattr(transformers.CONFIG_MAPPING[model_type], "__dataclass_fields__", ())
    )
    few = {"vocab_size": 101, "vocab_size_per_layer_input": 101, "pad_token_id": 0}
    few |= {name: WINDOW for name in ("sliding_window", "attention_window_size")}
    return fields | {name: value for name, value in few.items() if name in known}


def head_size(config):
    return getattr(config, "head_dim", None) or config.hidden_size // getattr(config, "num_attention_heads", 1)


def rows_of(model_type, rows):
    found = []
    for row in rows:
        fields = {name: value for name, value in row["config"].items() if name != "model_type"}
        if row["expected"]["total"] - row["expected"]["embed"] - row["expected"]["lm_head"] > LARGEST or len(found) == ROWS:
            continue
        fields = small(model_type, fields)
        try:
            config = transformers.CONFIG_MAPPING[model_type](**fields)
            half, odd = divmod(head_size(config) if not ROTARY_FREE.search(model_type) else 2, 2)
            if odd:
                continue  # rotary positions turn pairs of numbers: with one too many, the class computes something else
            turned = {"rope_theta": 1e4, "rope_type": "default", "mrope_section": [half - 2 * (half // 3)] + [half // 3] * 2}
            expected = measure(model_type, fields, {"rope_parameters": turned} if model_type in OUTER else {})
        except Exception as error:
            print(f"{model_type}: {fields}: {type(error).__name__}: {str(error)[:200]}", file=sys.stderr)
            continue
        found.append({"config": {"model_type": model_type, **fields}, "expected": expected})
    print(model_type, len(found), flush=True)
    return found


def main(wanted):
    logging.disable(logging.WARNING)
    rows = collections.defaultdict(list)
    for row in json.loads(ACCOUNT.read_text())["rows"]:
        rows[row["config"]["model_type"]].append(row)
    old = json.loads(CACHES.read_text())["rows"] if wanted else []
    made = []
    for model_type in rows:
        kept = [row for row in old if row["config"]["model_type"] == model_type]
        made += rows_of(model_type, rows[model_type]) if model_type in wanted or not kept else kept
    head = {"made_by": "test/account/caches/dense.py", "transformers": transformers.__version__, "tokens": TOKENS}
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in made)
    CACHES.write_text(f'{json.dumps(head, separators=(",", ":"))[:-1]},"rows":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    main(sys.argv[1:])
