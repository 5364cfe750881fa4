"""PyTorch's optimizers step by step, with the options that the golden runner names and the reference file lacks.
Needs torch (the numbers that are kept come from 2.15). Run: python optim_more.py > ../data/ops/optim-more.json"""

import json, math, sys
import torch

A = torch.tensor([[2.0, 0.5, 0.25], [0.5, 1.5, 0.0], [0.25, 0.0, 1.0]], dtype=torch.float64)
b, c = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64), torch.tensor([0.5, -1.5], dtype=torch.float64)
start = {"x": [2.0, 1.0, -1.5], "W": [[1.0, -0.5, 0.75], [-1.25, 0.5, 1.5]]}
OPTIMIZERS = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam, "sgd": torch.optim.SGD}


def rate(step, lr, min_lr, warmup_steps, steps):
    """Linear warm-up, then half a cosine."""
    if step < warmup_steps:
        return lr * (step + 1) / warmup_steps
    progress = (step - warmup_steps) / (steps - warmup_steps)
    return min_lr + 0.5 * (lr - min_lr) * (1 + math.cos(math.pi * progress))


def run(config):
    x, W = (torch.tensor(start[name], dtype=torch.float64, requires_grad=True) for name in ("x", "W"))
    decay = config["weight_decay"]
    groups = [
        {"params": [x], "weight_decay": decay if config["decay_vectors"] else 0.0},
        {"params": [W], "weight_decay": decay},
    ]
    more = {"momentum": config["momentum"]} if config["opt"] == "sgd" else {k: config[k] for k in ("betas", "eps")}
    optimizer = OPTIMIZERS[config["opt"]](groups, lr=config["lr"], **more)
    rows = []
    for step in range(config["steps"]):
        lr = rate(step, *(config[k] for k in ("lr", "min_lr", "warmup_steps", "steps")))
        for group in optimizer.param_groups:
            group["lr"] = lr
        optimizer.zero_grad()
        loss = 0.5 * (x - b) @ A @ (x - b) + 0.5 * (W @ x - c).square().sum()
        loss.backward()
        row = {"step": step, "lr": lr, "loss": loss.item(), "grad_x": x.grad.tolist(), "grad_W": W.grad.tolist()}
        limit = math.inf if config["clip_norm"] is None else config["clip_norm"]
        row["grad_norm_before_clip"] = torch.nn.utils.clip_grad_norm_([x, W], limit).item()
        optimizer.step()
        rows.append({**row, "x": x.tolist(), "W": W.tolist()})
    return rows


base = {"lr": 0.05, "min_lr": 0.0, "steps": 6, "warmup_steps": 2, "clip_norm": None, "decay_vectors": False}
configs = [
    {"opt": "sgd", **base, "momentum": 0.9, "weight_decay": 0.1},
    {"opt": "sgd", **base, "momentum": 0.0, "weight_decay": 0.0, "clip_norm": 0.5, "warmup_steps": 0},
    {"opt": "adam", **base, "betas": [0.8, 0.99], "eps": 1e-3, "weight_decay": 0.2, "decay_vectors": True},
    {"opt": "adamw", **base, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.3, "min_lr": 0.02},
]
cases = [
    {
        "id": f"{config['opt']}.{n}",
        "config": config,
        "A": A.tolist(),
        "b": b.tolist(),
        "c": c.tolist(),
        "init": start,
        "steps": run(config),
    }
    for n, config in enumerate(configs)
]
json.dump(
    {"conventions": {"made by": "test/golden/python/optim_more.py", "torch": torch.__version__}, "cases": cases},
    sys.stdout,
    separators=(",", ":"),
)
