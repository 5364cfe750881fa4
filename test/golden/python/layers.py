"""The layers' part of ops_more.py."""

import torch
import torch.nn.functional as F
from harness import case, f, i

# layers
for red in ("mean", "sum", "none"):
    case(
        "cross_entropy",
        lambda logits, target, red=red: F.cross_entropy(
            logits, target, reduction=red, label_smoothing=0.1, ignore_index=1
        ),
        {"ignore_index": 1, "label_smoothing": 0.1, "reduction": red},
        logits=f(5, 4),
        target=torch.tensor([0, 1, 3, 2, 1]),
    )
    case(
        "cross_entropy",
        lambda logits, target, red=red: F.cross_entropy(logits, target, reduction=red),
        {"ignore_index": -100, "label_smoothing": 0.0, "reduction": red},
        logits=f(2, 3, 3),
        target=torch.tensor([[0, 2, -100], [1, 1, 0]]),
    )
    case(
        "cross_entropy",
        lambda logits, target, red=red: F.cross_entropy(logits, target, reduction=red),
        {"reduction": red},
        logits=f(2, 4),
        target=torch.tensor([-100, -100]),
    )
case(
    "cross_entropy",
    lambda logits, target: F.cross_entropy(logits, target),
    {"reduction": "mean"},
    logits=f(2, 5, 2, 3),
    target=i(5, 2, 2, 3),
)
case("cross_entropy", lambda logits, target: F.cross_entropy(logits, target), {}, logits=f(4), target=torch.tensor(2))
case("layer_norm", lambda x: F.layer_norm(x, (4,)), {"normalized_shape": [4], "eps": 1e-5}, x=f(2, 4))
case(
    "layer_norm",
    lambda x, weight, bias: F.layer_norm(x, (2, 3), weight, bias, 1e-3),
    {"normalized_shape": [2, 3], "eps": 1e-3},
    x=f(2, 2, 3),
    weight=f(2, 3),
    bias=f(2, 3),
)
case(
    "layer_norm",
    lambda x, weight: F.layer_norm(x, (3,), weight),
    {"normalized_shape": [3], "eps": 1e-5},
    x=f(2, 3),
    weight=f(3),
)
case(
    "layer_norm",
    lambda x, bias: F.layer_norm(x, (3,), None, bias),
    {"normalized_shape": [3], "eps": 1e-5},
    x=f(2, 3),
    bias=f(3),
)
case("rms_norm", lambda x, weight: F.rms_norm(x, (4,), weight), {"eps": None}, x=f(2, 4), weight=f(4))
case("rms_norm", lambda x: F.rms_norm(x, (4,), eps=1e-2), {"eps": 1e-2}, x=f(2, 4))
case("rms_norm", lambda x, weight: F.rms_norm(x, (2, 3), weight, 1e-5), {"eps": 1e-5}, x=f(2, 2, 3), weight=f(2, 3))
case("swiglu", lambda gate, up: F.silu(gate) * up, gate=f(2, 2), up=f(2, 2))


# attention
def sdpa(attrs, **t):
    case(
        "sdpa",
        lambda **k: F.scaled_dot_product_attention(
            k["q"],
            k["k"],
            k["v"],
            attn_mask=k.get("mask"),
            is_causal=attrs.get("is_causal", False),
            scale=attrs.get("scale"),
            enable_gqa=attrs.get("enable_gqa", False),
        ),
        attrs,
        **t,
    )


sdpa({"is_causal": False, "scale": None}, q=f(2, 2, 3, 4), k=f(2, 2, 5, 4), v=f(2, 2, 5, 3))
sdpa({"is_causal": True, "scale": 0.3}, q=f(1, 2, 2, 4), k=f(1, 2, 4, 4), v=f(1, 2, 4, 4))
sdpa({"is_causal": True}, q=f(1, 1, 4, 2), k=f(1, 1, 2, 2), v=f(1, 1, 2, 2))
sdpa({"is_causal": True, "enable_gqa": True}, q=f(2, 4, 3, 2), k=f(2, 2, 3, 2), v=f(2, 2, 3, 2))
sdpa(
    {"is_causal": False, "enable_gqa": True}, q=f(1, 6, 2, 2), k=f(1, 2, 3, 2), v=f(1, 2, 3, 2), mask=i(2, 2, 3).bool()
)
sdpa(
    {},
    q=f(2, 2, 2, 3),
    k=f(2, 2, 4, 3),
    v=f(2, 2, 4, 3),
    mask=torch.tensor([[[[True, False, True, True]]], [[[False, False, True, False]]]]),
)
sdpa({}, q=f(1, 2, 2, 3), k=f(1, 2, 3, 3), v=f(1, 2, 3, 3), mask=f(2, 2, 3))
sdpa({}, q=f(1, 1, 2, 2), k=f(1, 1, 3, 2), v=f(1, 1, 3, 2), mask=f(2, 3))
sdpa({}, q=f(1, 1, 2, 2), k=f(1, 1, 2, 2), v=f(1, 1, 2, 2), mask=torch.tensor([[False, False], [True, True]]))
sdpa({"is_causal": True}, q=f(3, 4, 2), k=f(3, 4, 2), v=f(3, 4, 2))
sdpa({}, q=f(4, 2), k=f(3, 2), v=f(3, 2), mask=i(2, 4, 3).bool())
sdpa({"is_causal": False}, q=f(2, 2, 1, 2, 3), k=f(2, 2, 1, 4, 3), v=f(2, 2, 1, 4, 3))


# rotary
def rope(x, positions, theta, half):
    kk = x.shape[-1]
    inv = theta ** (-torch.arange(0, kk, 2, dtype=torch.float64) / kk)
    a = positions.double()[..., None] * inv
    if positions.dim() == 2 and x.dim() == 4:
        a = a[:, None]
    c, s = a.cos(), a.sin()
    if half:
        x1, x2 = x[..., : kk // 2], x[..., kk // 2 :]
        return torch.cat([x1 * c - x2 * s, x2 * c + x1 * s], -1)
    x1, x2 = x[..., 0::2], x[..., 1::2]
    return torch.stack([x1 * c - x2 * s, x2 * c + x1 * s], -1).flatten(-2)


for op, half in (("rope_half", True), ("rope_interleaved", False)):
    case(
        op,
        lambda positions, x, half=half: rope(x, positions, 100.0, half),
        {"theta": 100.0},
        positions=torch.tensor([[0, 3, 9], [5, 5, 2]]),
        x=f(2, 2, 3, 4),
    )
    case(
        op,
        lambda positions, x, half=half: rope(x, positions, 10000.0, half),
        {"theta": 10000.0},
        positions=torch.tensor([7, 0]),
        x=f(2, 6),
    )
    case(
        op,
        lambda positions, x, half=half: rope(x, positions, 500000.0, half),
        {"theta": 500000.0},
        positions=torch.tensor([[4, 1000, 2]]),
        x=f(1, 3, 2),
    )


def moe(x, router, w1, w3, w2, k, norm):
    probs = (x @ router.T).softmax(-1)
    w, idx = probs.topk(k, -1)
    if norm:
        w = w / w.sum(-1, keepdim=True)
    y = torch.zeros_like(x)
    for n in range(x.shape[0]):
        for j in range(k):
            e = idx[n, j]
            y = y.index_add(0, torch.tensor([n]), (w[n, j] * (w2[e] @ (F.silu(w1[e] @ x[n]) * (w3[e] @ x[n]))))[None])
    return {"y": y, "probs": probs, "weights": w, "indices": idx}


for kk, norm in ((1, False), (3, True)):
    case(
        "moe_swiglu",
        lambda x, router, w1, w3, w2, kk=kk, norm=norm: moe(x, router, w1, w3, w2, kk, norm),
        {"top_k": kk, "norm_topk_prob": norm},
        x=f(4, 3),
        router=f(3, 3),
        w1=f(3, 2, 3),
        w3=f(3, 2, 3),
        w2=f(3, 3, 2),
    )
