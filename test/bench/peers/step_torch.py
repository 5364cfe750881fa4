"""The training step of the `step` suite in PyTorch, on one thread. Reads a number of steps per line, answers with
milliseconds per step. Argument: JSON with the model's configuration, batchSize and clock ("wall" or "cpu")."""

import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(1)
c = json.loads(sys.argv[1])
D, H, T, V = c["dModel"], c["nHead"], c["blockSize"], c["vocabSize"]
approximate = "tanh" if c["activation"] == "geluTanh" else "none"
bias = c.get("bias", False)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(D, bias=bias), nn.LayerNorm(D, bias=bias)
        self.qkv, self.out = nn.Linear(D, 3 * D, bias=bias), nn.Linear(D, D, bias=bias)
        self.up, self.down = nn.Linear(D, c["dHidden"], bias=bias), nn.Linear(c["dHidden"], D, bias=bias)

    def forward(self, x):
        b, t, _ = x.shape
        q, k, v = (p.view(b, t, H, D // H).transpose(1, 2) for p in self.qkv(self.norm1(x)).split(D, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, D))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate=approximate))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(V, D), nn.Embedding(T, D)
        self.blocks = nn.Sequential(*[Block() for _ in range(c["nLayer"])])
        self.norm = nn.LayerNorm(D, bias=bias)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions.weight
        return self.norm(self.blocks(x)) @ self.tokens.weight.T


model = Model()
adam = torch.optim.Adam(model.parameters(), lr=1e-3)
inputs, targets = (torch.randint(V, (c["batchSize"], T)) for _ in range(2))
now = time.process_time if c["clock"] == "cpu" else time.perf_counter

for line in sys.stdin:
    steps, start = int(line), now()
    for _ in range(steps):
        loss = F.cross_entropy(model(inputs).view(-1, V), targets.view(-1))
        adam.zero_grad()
        loss.backward()
        adam.step()
        loss.item()
    print(1000 * (now() - start) / steps, flush=True)
