"""Makes data/nn/checkpoints/: folders as transformers' save_pretrained writes them, and their numbers as PyTorch reads them.

    python test/golden/checkpoints.py

Made with the versions in numbers.json, seed 5.
"""

import hashlib
import json
import shutil
from pathlib import Path

import safetensors
import safetensors.torch
import torch
import transformers

torch.manual_seed(5)
OUT = Path(__file__).parent / "data" / "nn" / "checkpoints"
shutil.rmtree(OUT, ignore_errors=True)


def digest(x):
    """Of the numbers as float32, little-endian, without those that are none."""
    x = x.detach().float().flatten()
    return hashlib.sha256(x[~x.isnan()].numpy().astype("<f4").tobytes()).hexdigest()


def saved(name, model, **options):
    """A folder, and what a program that knows nothing of ours finds in it."""
    model.save_pretrained(OUT / name, **options)
    (OUT / name / "generation_config.json").unlink(missing_ok=True)
    found = {}
    for file in sorted((OUT / name).glob("*.safetensors")):
        with safetensors.safe_open(file, "pt") as f:
            for tensor in f.keys():
                x = f.get_tensor(tensor)
                found[tensor] = {
                    "shape": list(x.shape),
                    "dtype": {torch.float16: "F16", torch.bfloat16: "BF16", torch.float32: "F32"}[x.dtype],
                    "file": file.name,
                    "sha256": digest(x),
                }
    return found


llama = transformers.LlamaConfig(vocab_size=32, hidden_size=16, intermediate_size=24, num_hidden_layers=2,
                                 num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=16)  # fmt: skip
gpt2 = transformers.GPT2Config(vocab_size=32, n_embd=8, n_layer=1, n_head=2, n_positions=16)
bits = torch.arange(2**16, dtype=torch.int32).to(torch.uint16)
numbers = {
    "madeWith": f"test/golden/checkpoints.py, torch {torch.__version__.split('+')[0]}, transformers {transformers.__version__}, "
    f"safetensors {safetensors.__version__}, seed 5",
    "folders": {
        "bf16-in-parts": saved("bf16-in-parts", transformers.LlamaForCausalLM(llama).bfloat16(), max_shard_size="3KB"),
        "f16": saved("f16", transformers.GPT2LMHeadModel(gpt2).half()),
        "f32": saved("f32", transformers.GPT2LMHeadModel(gpt2)),
    },
    "allBitPatterns": {"F16": digest(bits.view(torch.float16)), "BF16": digest(bits.view(torch.bfloat16))},
}
(OUT / "numbers.json").write_text(json.dumps(numbers) + "\n")
