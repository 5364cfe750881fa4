"""Runs an op in PyTorch and notes down what came of it: results in float64 from inputs that float32 holds."""

import math
import torch

g = torch.Generator().manual_seed(20261125)


def f(*shape, scale=1.0):
    return (torch.randn(shape, generator=g) * scale).round(decimals=3).double()


def pos(*shape):
    return (torch.rand(shape, generator=g) + 0.3).round(decimals=3).double()


def i(high, *shape):
    return torch.randint(0, high, shape, generator=g)


cases, counts = [], {}


def word(v):
    if isinstance(v, float):
        if math.isnan(v):
            return "nan"
        if math.isinf(v):
            return "inf" if v > 0 else "-inf"
        return float(f"{v:.9g}")
    return v


def pack(t):
    kind = "bool" if t.dtype == torch.bool else "float" if t.is_floating_point() else "int"
    return {"shape": list(t.shape), "dtype": kind, "data": [word(v) for v in t.detach().reshape(-1).tolist()]}


def case(op, fn, attrs=None, grads=True, **inputs):
    n = counts.get(op, 0)
    counts[op] = n + 1
    leaves = {k: v.clone().requires_grad_(True) if grads and v.is_floating_point() else v for k, v in inputs.items()}
    out = fn(**leaves)
    outs = out if isinstance(out, dict) else {"y": out}
    c = {
        "id": f"{op}.{n}",
        "op": op,
        "attrs": attrs or {},
        "inputs": {k: pack(v) for k, v in inputs.items()},
        "outputs": {k: pack(v) for k, v in outs.items()},
    }
    floats = {k: v for k, v in outs.items() if v.is_floating_point() and v.requires_grad}
    if floats:
        go = {k: f(*v.shape) for k, v in floats.items()}
        sum((go[k] * v).sum() for k, v in floats.items()).backward()
        c["grad_outputs"] = {k: pack(v) for k, v in go.items()}
        c["grads"] = {
            k: pack(v.grad if v.grad is not None else torch.zeros_like(v))
            for k, v in leaves.items()
            if v.is_floating_point()
        }
    cases.append(c)
