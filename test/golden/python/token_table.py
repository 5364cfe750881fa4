"""DeepSeek-V4's router with a table of experts by token id: transformers' own class, in float64, with the gradient of its weight.
Needs torch and transformers (the numbers that are kept come from 2.15 and 5.24). Run:
python token_table.py ../data/moe/deepseek_v4_hash.json"""

import json, sys
from pathlib import Path
import torch
from transformers import DeepseekV4Config
from transformers.models.deepseek_v4.modeling_deepseek_v4 import DeepseekV4HashRouter

torch.set_default_dtype(torch.float64)
g = torch.Generator().manual_seed(20261128)


def f(*shape, scale=1.5):
    return (torch.randn(shape, generator=g) * scale).round(decimals=3)


def case(score, N, V, D, E, K, factor):
    config = DeepseekV4Config(
        vocab_size=V, hidden_size=D, n_routed_experts=E, num_experts_per_tok=K, scoring_func=score, routed_scaling_factor=factor
    )
    router = DeepseekV4HashRouter(config)
    table = torch.stack([torch.randperm(E, generator=g)[:K] for _ in range(V)])
    router.load_state_dict({"weight": f(E, D), "tid2eid": table})
    x, ids, dy = f(N, D), torch.randint(V, (N,), generator=g), f(N, K)
    logits, weights, indices = router(x, ids)
    (weights * dy).sum().backward()
    sizes = {"V": V, "D": D, "E": E, "K": K, "score": score, "scale": factor}
    given = {"x": x, "ids": ids, "weight": router.weight, "tid2eid": table, "dy": dy}
    return {**sizes, **given, "logits": logits, "weights": weights, "experts": indices, "gradient": router.weight.grad}


def plain(v):
    if isinstance(v, torch.Tensor):
        return plain(v.detach().tolist())
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    if isinstance(v, list):
        return [plain(x) for x in v]
    return float(f"{v:.9g}") if isinstance(v, float) else v


cases = [
    case("sqrtsoftplus", 6, 9, 4, 5, 2, 1.5),
    case("sqrtsoftplus", 7, 3, 3, 8, 6, 2.5),
    case("sqrtsoftplus", 4, 5, 3, 4, 1, 1.5),
    case("sigmoid", 5, 7, 4, 6, 3, 1.0),
    case("sigmoid", 5, 7, 4, 4, 4, 0.5),
]
Path(sys.argv[1]).write_text(json.dumps(plain(cases), separators=(",", ":")) + "\n")
