"""PyTorch's answers to ops as the golden runner names them, in shapes and with options that the reference file lacks.
Needs torch (the numbers that are kept come from 2.15). Run: python ops_more.py > ../data/ops/ops-more.json"""

import json, math, sys
import torch
import torch.nn.functional as F
from harness import case, cases, f, i, pos

# products
case("matmul", lambda a, b: a @ b, a=f(4), b=f(4))
case("matmul", lambda a, b: a @ b, a=f(4), b=f(2, 4, 3))
case("matmul", lambda a, b: a @ b, a=f(2, 3, 4), b=f(4))
case("matmul", lambda a, b: a @ b, a=f(2, 1, 2, 3), b=f(1, 3, 3, 2))
case("matmul", lambda a, b: a @ b, a=f(2, 0), b=f(0, 3))
case("transpose_matmul", lambda a, b: a.transpose(-1, -2) @ b, a=f(4, 3), b=f(4, 2))
case("transpose_matmul", lambda a, b: a.transpose(-1, -2) @ b, a=f(2, 4, 3), b=f(1, 4, 2))
case("linear", lambda x, w, b: F.linear(x, w, b), x=f(2, 2, 3), w=f(4, 3), b=f(4))
case("linear", lambda x, w: F.linear(x, w), x=f(3), w=f(2, 3))
# element by element
case("abs", lambda x: x.abs(), x=torch.tensor([-1.5, 0.0, 2.0], dtype=torch.float64))
for op in ("sin", "cos"):
    case(op, lambda x, op=op: getattr(x, op)(), x=f(2, 3, scale=4))
case(
    "maximum",
    lambda a, b: torch.maximum(a, b),
    a=torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64),
    b=torch.tensor([1.0, 5.0, -3.0], dtype=torch.float64),
)
case("maximum", lambda a, b: torch.maximum(a, b), a=f(2, 1, 3), b=f(4, 1))
for e in (-1, -2.5, 0.5, 0, 1, 2):
    case("pow", lambda x, e=e: x**e, {"exponent": e}, x=pos(5))
case("pow", lambda x: x**-3, {"exponent": -3}, x=-pos(4))
case("clamp", lambda x: x.clamp(min=-0.3), {"min": -0.3, "max": None}, x=f(2, 4))
case("clamp", lambda x: x.clamp(max=0.2), {"max": 0.2}, x=f(2, 4))
case("where", lambda a, b, c: torch.where(a, b, c), a=i(2, 2, 1).bool(), b=f(2, 3), c=f(3))
case("where", lambda a, b, c: torch.where(c, a, b), a=f(2, 3), b=f(1), c=i(2, 2, 3).bool())
case("neg", lambda x: -x, x=f())
case("exp", lambda x: x.exp(), x=f(1, 2, 1, 2, 2))
case("relu", lambda x: x.relu(), x=f(0, 3))
case("add", lambda a, b: a + b, a=f(1, 3, 1), b=f(2, 1, 1, 4))
case("div", lambda a, b: a / b, a=f(2, 3), b=pos())
case("softplus", lambda x: F.softplus(x, threshold=1e9), x=f(2, 3, scale=8))
case("sigmoid", lambda x: x.sigmoid(), x=f(4, scale=30))
case("gelu_erf", lambda x: F.gelu(x), x=f(8, scale=4))
case("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), x=f(8, scale=4))
# along axes
for op in ("sum", "mean", "max", "min", "var"):
    for dim, keep in ((None, False), (0, True), (-2, False), ([0, 2], False), ([-1, 0], True), ([1], True)):
        x = f(2, 3, 4)
        attrs = {"dim": dim, "keepdim": keep}

        def fn(x, op=op, dim=dim, keep=keep):
            if op == "var":
                return x.var(dim=dim, correction=1, keepdim=keep)
            if op in ("max", "min"):
                if dim is None:
                    return getattr(x, op)()
                if isinstance(dim, list):
                    return getattr(x, "a" + op)(dim=dim, keepdim=keep)
                return getattr(x, op)(dim=dim, keepdim=keep).values
            return getattr(x, op)(dim=dim, keepdim=keep) if dim is not None else getattr(x, op)()

        if op == "var":
            attrs["correction"] = 1
        case(op, fn, attrs, x=x)
case("var", lambda x: x.var(dim=[0, 1], correction=2), {"dim": [0, 1], "correction": 2, "keepdim": False}, x=f(2, 3, 2))
case("var", lambda x: x.var(dim=1, correction=0), {"dim": 1, "correction": 0, "keepdim": False}, x=f(2, 3, 2))
ties = torch.tensor([[1.0, 3, 3], [2, 2, 0]], dtype=torch.float64)
case("max", lambda x: x.max(dim=1).values, {"dim": 1, "keepdim": False}, x=ties)
case("max", lambda x: x.amax(dim=[1]), {"dim": [1], "keepdim": False}, x=ties)
case("max", lambda x: x.max(), {"dim": None, "keepdim": False}, x=ties)
case("min", lambda x: x.min(), {"dim": None, "keepdim": False}, x=-ties)
case("sum", lambda x: x.sum(dim=1), {"dim": 1, "keepdim": False}, x=f(2, 0))
case("sum", lambda x: x.sum(), {"dim": None, "keepdim": False}, x=f())
case("argmax", lambda x: x.argmax(), {"dim": None}, grads=False, x=f(2, 3))
case("argmax", lambda x: x.argmax(dim=0), {"dim": 0}, grads=False, x=f(2, 3, 2))
case("cumsum", lambda x: x.cumsum(0), {"dim": 0}, x=f(3, 2))
case("cumsum", lambda x: x.cumsum(-1), {"dim": -1}, x=f(2, 1, 3))
case("logsumexp", lambda x: x.logsumexp(0, keepdim=True), {"dim": 0, "keepdim": True}, x=f(3, 2))
case("softmax", lambda x: x.softmax(0), {"dim": 0}, x=f(3, 2))
case("log_softmax", lambda x: x.log_softmax(-2), {"dim": -2}, x=f(2, 3, 2, scale=9))


def masked(x, mask, dim):
    return x.masked_fill(~mask, -math.inf).softmax(dim)


case(
    "masked_softmax",
    lambda x, mask: masked(x, mask, 1),
    {"dim": 1},
    x=f(2, 3, 2),
    mask=torch.tensor([[True, False], [True, True], [False, True]]),
)
# topk
case(
    "topk",
    lambda x: dict(zip(("values", "indices"), x.topk(2, dim=0))),
    {"k": 2, "dim": 0, "sorted_descending": True},
    x=f(5, 3),
)
case(
    "topk",
    lambda x: dict(zip(("values", "indices"), x.topk(3, dim=-2, sorted=False))),
    {"k": 3, "dim": -2, "sorted_descending": False},
    x=f(2, 6, 2),
)


def tms(x, k, dim):
    v, idx = x.topk(k, dim=dim)
    return torch.full_like(x, -math.inf).scatter(dim, idx, v).softmax(dim)


case("topk_masked_softmax", lambda x: tms(x, 2, 0), {"k": 2, "dim": 0}, x=f(4, 2))
# shapes
case("permute", lambda x: x.permute(-1, 0, -2), {"dims": [-1, 0, -2]}, x=f(2, 3, 4))
case("reshape", lambda x: x.reshape(3, -1), {"shape": [3, -1]}, x=f(2, 3, 2))
case("reshape", lambda x: x.reshape(()), {"shape": []}, x=f(1, 1))
case("expand", lambda x: x.expand(2, -1, 4), {"shape": [2, -1, 4]}, x=f(3, 1))
case("expand", lambda x: x.expand(2, 3), {"shape": [2, 3]}, x=f())
case("concat", lambda a, b: torch.cat([a, b], -2), {"dim": -2}, a=f(2, 1, 3), b=f(2, 2, 3))
case("stack", lambda a, b: torch.stack([a, b], -1), {"dim": -1}, a=f(2, 3), b=f(2, 3))
case("stack", lambda a, b: torch.stack([a, b], 1), {"dim": 1}, a=f(2, 3), b=f(2, 3))
case("slice", lambda x: x[:, -3:-1], {"dim": 1, "start": -3, "end": -1}, x=f(2, 5))
case("slice", lambda x: x[..., 2:99], {"dim": -1, "start": 2, "end": 99}, x=f(2, 5))
case("slice", lambda x: x[2:2], {"dim": 0, "start": 2, "end": 2}, x=f(4, 2))
case("slice", lambda x: x[1:], {"dim": 0, "start": 1, "end": None}, x=f(3))
case("split", lambda x: dict(zip("abc", x.split([1, 0, 3], -1))), {"dim": -1, "sizes": [1, 0, 3]}, x=f(2, 4))
case("split", lambda x: dict(zip("ab", x.split([2, 1], 0))), {"dim": 0, "sizes": [2, 1]}, x=f(3, 2))
case("tril", lambda x: x.tril(), x=f(2, 3, 4))
case("tril", lambda x: x.tril(), x=f(4, 2))
# indices
case("embedding", lambda ids, weight: F.embedding(ids, weight), ids=torch.tensor([[1, 1], [0, 1]]), weight=f(3, 2))
case("embedding", lambda ids, weight: F.embedding(ids, weight), ids=torch.tensor(2), weight=f(3, 2))
case("one_hot", lambda ids: F.one_hot(ids, 4), {"num_classes": 4}, grads=False, ids=i(4, 2, 3))
case("one_hot", lambda ids: F.one_hot(ids, -1), {"num_classes": -1}, grads=False, ids=torch.tensor([0, 2]))
case(
    "gather",
    lambda index, x: x.gather(-1, index),
    {"dim": -1},
    index=torch.tensor([[0, 0, 2, 1], [1, 2, 2, 2]]),
    x=f(3, 3),
)
case("gather", lambda index, x: x.gather(0, index), {"dim": 0}, index=i(4, 2, 2), x=f(4, 3))
case(
    "scatter",
    lambda index, src, x: x.scatter(0, index, src),
    {"dim": 0},
    index=torch.tensor([[2, 0], [1, 3]]),
    src=f(2, 2),
    x=f(4, 2),
)
case(
    "scatter_add",
    lambda index, src, x: x.scatter_add(-1, index, src),
    {"dim": -1},
    index=torch.tensor([[1, 1]]),
    src=f(1, 2),
    x=f(2, 3),
)
case(
    "index_add",
    lambda index, src, x: x.index_add(1, index, src, alpha=-1.5),
    {"dim": 1, "alpha": -1.5},
    index=torch.tensor([2, 0, 2]),
    src=f(2, 3),
    x=f(2, 4),
)
case("index_select", lambda index, x: x.index_select(-1, index), {"dim": -1}, index=torch.tensor([2, 2, 0]), x=f(2, 3))
import layers  # its cases

json.dump(
    {"conventions": {"made by": "test/golden/python/ops_more.py", "torch": torch.__version__}, "cases": cases},
    sys.stdout,
    separators=(",", ":"),
)
