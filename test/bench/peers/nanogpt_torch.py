"""nanoGPT's CPU recipe in PyTorch on one thread: the peer of nanogpt.bench.ts. Prints one JSON object.

usage: nanogpt_torch.py TEXT STEPS
"""

import json
import math
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

D, L, H, HIDDEN, BLOCK, BATCH = 128, 4, 4, 512, 64, 12
torch.set_num_threads(1)
torch.manual_seed(1)

text = open(sys.argv[1], encoding="utf8").read()
steps = int(sys.argv[2])
chars = sorted(set(text))
ids = torch.tensor([chars.index(c) for c in text])
cut = int(0.9 * len(ids))
train, validation = ids[:cut], ids[cut:]


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(D, bias=False), nn.LayerNorm(D, bias=False)
        self.qkv, self.out = nn.Linear(D, 3 * D, bias=False), nn.Linear(D, D, bias=False)
        self.up, self.down = nn.Linear(D, HIDDEN, bias=False), nn.Linear(HIDDEN, D, bias=False)

    def forward(self, x):
        b, t, _ = x.shape
        q, k, v = (y.view(b, t, H, D // H).transpose(1, 2) for y in self.qkv(self.norm1(x)).split(D, dim=2))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(b, t, D))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(len(chars), D), nn.Embedding(BLOCK, D)
        self.blocks = nn.ModuleList(Block() for _ in range(L))
        self.norm = nn.LayerNorm(D, bias=False)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * L) if name.endswith(("out.weight", "down.weight")) else 0.02)

    def forward(self, x):
        h = self.tokens(x) + self.positions(torch.arange(x.shape[1]))
        for block in self.blocks:
            h = block(h)
        return self.norm(h) @ self.tokens.weight.T


model = GPT()
matrices = [p for p in model.parameters() if p.dim() >= 2]
vectors = [p for p in model.parameters() if p.dim() < 2]
optimizer = torch.optim.AdamW(
    [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}], lr=1e-3, betas=(0.9, 0.99)
)


def rate(step):
    if step < 100:
        return 1e-3 * (step + 1) / 100
    return 1e-4 + 0.5 * 9e-4 * (1 + math.cos(math.pi * (step - 100) / max(1, steps - 100)))


started = time.perf_counter()
for step in range(steps):
    at = torch.randint(len(train) - BLOCK, (BATCH,))
    x = torch.stack([train[i : i + BLOCK] for i in at])
    y = torch.stack([train[i + 1 : i + 1 + BLOCK] for i in at])
    for group in optimizer.param_groups:
        group["lr"] = rate(step)
    loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
seconds = time.perf_counter() - started

with torch.no_grad():
    blocks = (len(validation) - 1) // BLOCK
    x = validation[: blocks * BLOCK].view(blocks, BLOCK)
    y = validation[1 : blocks * BLOCK + 1].view(blocks, BLOCK)
    total = sum(
        F.cross_entropy(model(x[i : i + 32]).flatten(0, 1), y[i : i + 32].flatten(), reduction="sum").item()
        for i in range(0, blocks, 32)
    )

print(
    json.dumps(
        {
            "model": f"torch {torch.__version__}, 1 thread, dense",
            "seed": 1,
            "steps": steps,
            "valLoss": total / (blocks * BLOCK),
            "seconds": seconds,
            "msPerStep": 1000 * seconds / steps,
        }
    )
)
