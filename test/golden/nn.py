"""Makes data/nn/*: layers, optimizers and schedules as PyTorch and transformers compute them, and a checkpoint file.

    python test/golden/nn.py

The versions are written into the files. Numbers are float32, layers run in float64 so that their outputs are exact.
"""

import json
from pathlib import Path

import safetensors.torch
import torch
import transformers
from torch import nn
from torch.optim import lr_scheduler
from transformers.models.llama import modeling_llama as llama

torch.manual_seed(4)
OUT = Path(__file__).parent / "data" / "nn"
MADE_WITH = f"test/golden/nn.py, torch {torch.__version__.split('+')[0]}, transformers {transformers.__version__}, seed 4"


def written(x):
    return {"shape": list(x.shape), "data": [float(f"{v:.9g}") for v in x.detach().flatten().tolist()]}


def case(name, module, run, inputs, names, **options):
    """Outputs, and gradients of sum(output * g) for inputs and parameters. `names` maps PyTorch's names to ours."""
    for x in [*inputs.values(), *module.parameters()]:
        x.data = x.data.float().double()
        x.requires_grad_()
    y = run(module, **inputs)
    g = torch.randn_like(y)
    (y * g).sum().backward()
    ours = {names.get(n, n): p for n, p in module.named_parameters()}
    return {
        "name": name,
        "options": options,
        "inputs": {n: written(x) for n, x in inputs.items()},
        "parameters": {n: written(p) for n, p in ours.items()},
        "y": written(y),
        "grad_output": written(g),
        "grads": {n: written(p.grad) for n, p in [*inputs.items(), *ours.items()]},
    }


def x(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def scaled(module):
    """First weights large enough that every number matters."""
    for p in module.parameters():
        p.data = 0.5 * torch.randn_like(p, dtype=torch.float64)
    return module


def layers():
    recurrent = {
        f"{kind}_{side}_l0": f"{kind}{side.title()}" for kind in ("weight", "bias") for side in ("ih", "hh")
    }
    projections = {
        f"{p}_proj.{kind}": f"{name}.{kind}"
        for p, name in {"q": "query", "k": "key", "v": "value", "o": "out"}.items()
        for kind in ("weight", "bias")
    }
    state = lambda: x(1, 2, 5)
    for activation in ("tanh", "relu"):
        rnn = nn.RNN(3, 5, batch_first=True, nonlinearity=activation)
        yield case(f"RNN, {activation}", scaled(rnn), lambda m, x, h: m(x, h)[0], {"x": x(2, 4, 3), "h": state()},
                   recurrent, activation=activation)  # fmt: skip
    yield case("LSTM", scaled(nn.LSTM(3, 5, batch_first=True)), lambda m, x, h, c: m(x, (h, c))[0],
               {"x": x(2, 4, 3), "h": state(), "c": state()}, recurrent)  # fmt: skip
    for heads, kv, causal, bias in ((4, 4, False, True), (4, 2, True, False), (4, 1, True, True)):
        config = transformers.LlamaConfig(hidden_size=16, num_attention_heads=heads, num_key_value_heads=kv,
                                          attention_bias=bias, attn_implementation="eager", rope_theta=100.0)  # fmt: skip
        attention = scaled(llama.LlamaAttention(config, 0))
        rope = llama.LlamaRotaryEmbedding(config)

        def run(m, x, causal=causal, rope=rope):
            t = x.shape[1]
            hidden = torch.full((t, t), -torch.inf, dtype=x.dtype).triu(1) if causal else torch.zeros(t, t, dtype=x.dtype)
            return m(x, rope(x, torch.arange(t)[None]), hidden[None, None])[0]

        yield case(f"attention, {heads} heads, {kv} of keys, rotary{', causal' if causal else ''}", attention, run,
                   {"x": x(2, 5, 16)}, projections, nHead=heads, nKvHead=kv, isCausal=causal, bias=bias, theta=100)  # fmt: skip
    mlp = llama.LlamaMLP(transformers.LlamaConfig(hidden_size=6, intermediate_size=10, num_attention_heads=1))
    yield case("SwiGLU", scaled(mlp), lambda m, x: m(x), {"x": x(2, 3, 6)},
               {f"{p}_proj.weight": f"{p}.weight" for p in ("up", "gate", "down")})  # fmt: skip
    gelu = nn.Sequential(nn.Linear(6, 10), nn.GELU(), nn.Linear(10, 6))
    yield case("GELU", scaled(gelu), lambda m, x: m(x), {"x": x(2, 3, 6)},
               {f"{i}.{kind}": f"{n}.{kind}" for i, n in ((0, "up"), (2, "down")) for kind in ("weight", "bias")})  # fmt: skip
    yield case("RMSNorm", scaled(nn.RMSNorm(6, eps=1e-6)), lambda m, x: m(x), {"x": x(2, 3, 6)}, {})
    yield case("LayerNorm", scaled(nn.LayerNorm(6)), lambda m, x: m(x), {"x": x(2, 3, 6)}, {})


OPTIMIZERS = [
    ("SGD", torch.optim.SGD, {}),
    ("SGD", torch.optim.SGD, {"weightDecay": 0.1}),
    ("SGD", torch.optim.SGD, {"momentum": 0.9, "weightDecay": 0.1}),
    ("SGD", torch.optim.SGD, {"momentum": 0.8, "nesterov": True, "weightDecay": 0.05}),
    ("Adam", torch.optim.Adam, {}),
    ("Adam", torch.optim.Adam, {"betas": [0.8, 0.95], "eps": 1e-3, "weightDecay": 0.1}),
    ("AdamW", torch.optim.AdamW, {}),
    ("AdamW", torch.optim.AdamW, {"betas": [0.9, 0.95], "weightDecay": 0.3}),
]


def optimizers():
    """Ten steps on sum(W x)^2 / 2 + sum(x^4) / 4 with a matrix W and a vector x; clipped, with or without decay of x."""
    for name, make, options in OPTIMIZERS:
        for decay_vectors in (True, False):
            for clip in (None, 0.5):
                w, v = x(2, 3).float().double().requires_grad_(), x(3).float().double().requires_grad_()
                init = {"w": written(w), "v": written(v)}
                default = 0.01 if name == "AdamW" else 0
                decay = options.get("weightDecay", default)
                others = {key: value for key, value in options.items() if key != "weightDecay"}
                groups = [{"params": [w], "weight_decay": decay},
                          {"params": [v], "weight_decay": decay if decay_vectors else 0}]  # fmt: skip
                optimizer = make(groups, lr=0.05, **others)
                norms = []
                for _ in range(10):
                    optimizer.zero_grad()
                    ((w @ v).square().sum() / 2 + v.pow(4).sum() / 4).backward()
                    norms.append(nn.utils.clip_grad_norm_([w, v], clip or 1e9).item())
                    optimizer.step()
                yield {"name": name, "options": options, "decayVectors": decay_vectors, "clip": clip, "init": init,
                       "norms": norms, "w": written(w), "v": written(v)}  # fmt: skip


def schedules():
    def rates(make, steps=12):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
        schedule, found = make(optimizer), []
        for _ in range(steps):
            found.append(schedule.get_last_lr()[0])
            optimizer.step()
            schedule.step()
        return found

    def warmed(after, warmup=3):
        return lambda o: lr_scheduler.SequentialLR(
            o, [lr_scheduler.LinearLR(o, 1 / warmup, total_iters=warmup - 1), after(o)], [warmup]
        )

    cosine = lambda steps: lambda o: lr_scheduler.CosineAnnealingLR(o, steps, eta_min=0.02)
    linear = lambda steps: lambda o: lr_scheduler.LinearLR(o, 1, 0.02 / 0.3, total_iters=steps)
    steps = lambda o: lr_scheduler.StepLR(o, 4, gamma=0.5)
    constant = lambda o: lr_scheduler.ConstantLR(o, 1)
    exponential = lambda o: lr_scheduler.ExponentialLR(o, 0.8)
    falling = {"lr": 0.3, "minLr": 0.02, "steps": 11}
    stairs = {"lr": 0.3, "every": 4, "gamma": 0.5}
    for name, options, make in [
        ("warmupCosine", falling, cosine(11)),
        ("warmupCosine", {**falling, "warmup": 3}, warmed(cosine(8))),
        ("warmupLinear", falling, linear(11)),
        ("warmupLinear", {**falling, "warmup": 3}, warmed(linear(8))),
        ("stepDecay", stairs, steps),
        ("stepDecay", {**stairs, "warmup": 3}, warmed(steps)),
        ("stepDecay", {"lr": 0.3, "every": 1, "gamma": 0.8}, exponential),
        ("warmupConstant", {"lr": 0.3}, constant),
        ("warmupConstant", {"lr": 0.3, "warmup": 3}, warmed(constant)),
    ]:
        yield {"name": name, "options": options, "rates": rates(make)}


for name, cases in {"layers": layers(), "optimizers": optimizers(), "schedules": schedules()}.items():
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.json").write_text(json.dumps({"madeWith": MADE_WITH, "cases": list(cases)}) + "\n")

tensors = {
    "model.weight": torch.arange(6.0).reshape(2, 3),
    "half": torch.tensor([0.5, -2]).half(),
    "brain": torch.tensor([[1.5, -0.25]]).bfloat16(),
    "ids": torch.tensor([1, -2, 3]),
    "mask": torch.tensor([True, False]),
    "scalar": torch.tensor(7.0),
    "nothing": torch.zeros(0, 4),
}
safetensors.torch.save_file(tensors, OUT / "python.safetensors", {"format": "pt"})
