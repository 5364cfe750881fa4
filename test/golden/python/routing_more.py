"""Routers with the options that the golden runner names and the reference files lack (random second expert, token-major, batch-prioritized,
one expert, all experts, ties), written down from the papers' formulas in float64; gradients by torch's autograd.
Needs torch (the numbers that are kept come from 2.15). Run: python routing_more.py ../data/moe/routing"""

import json, math, sys
from pathlib import Path
import torch

torch.set_default_dtype(torch.float64)
g = torch.Generator().manual_seed(20261125)


def f(*shape, scale=1.5, digits=3):
    return (torch.randn(shape, generator=g) * scale).round(decimals=digits)


def best(values, k):
    """The k largest, the earlier of equals first."""
    return sorted(range(len(values)), key=lambda i: (-float(values[i]), i))[:k]


def counts(lists, E):
    return [sum(e in row for row in lists) for e in range(E)]


def places(S, E, C, kept):
    """[S, E, C] of 0 and 1, and of weights, from (token, expert, position, weight)."""
    dispatch, combine = torch.zeros(S, E, C), torch.zeros(S, E, C)
    for n, e, position, weight in kept:
        if position >= 0:
            dispatch[n, e, position], combine[n, e, position] = 1, weight
    return {"dispatch": dispatch, "combine": combine}


def cv2(x, correction=0):
    return x.var(correction=correction) / x.mean() ** 2


def aux_loss_free_bias(S, E, k, u, alpha, steps=3):
    bias, rows = torch.zeros(E), []
    for t in range(steps):
        z = f(S, E)
        s = z.sigmoid()
        selected = [best(s[n] + bias, k) for n in range(S)]
        load = counts(selected, E)
        share = torch.tensor(counts([best(s[n], k) for n in range(S)], E)) * E / (k * S)
        P = (s / s.sum(-1, keepdim=True)).mean(0)
        row = {"step": t, "router_logits": z, "bias_before": bias.clone(), "selected": selected, "load": load}
        row["gates"] = [s[n, row_] / s[n, row_].sum() for n, row_ in enumerate(selected)]
        row["max_violation"] = max(load) / (S * k / E) - 1
        bias = bias + u * torch.sign(torch.tensor([S * k / E - l for l in load]))
        rows.append({**row, "bias_after": bias, "seq_balance": {"f": share, "P": P, "loss": alpha * (share * P).sum()}})
    rule = "select top-k of s+b; gates = s normalised over selected (bias not in gates); after the step b_i += u*sign(mean_load - load_i), sign(0)=0"
    seq = "DeepSeek-V3 eq.17-20 with the whole batch as one sequence: f_i = E/(K T) * #tokens whose top-k of s (as in the paper's formula, without bias) contains i; P_i = mean of s_i/sum_j s_j"
    config = {"k": k, "update_rate_u": u, "rule": rule, "score": "sigmoid", "seq_balance": seq, "seq_balance_alpha": alpha}
    return {"config": config, "steps": rows}


def deepseek_v3_group_limited(S, E, groups, use, k, scale):
    z, bias, size = f(S, E), f(E, scale=0.3), E // groups
    s = z.sigmoid()
    group = (s + bias).reshape(S, groups, size).topk(2).values.sum(-1)
    chosen = [best(group[n], use) for n in range(S)]
    hidden = torch.full((S, E), -math.inf)
    for n in range(S):
        for q in chosen[n]:
            hidden[n, q * size : (q + 1) * size] = (s + bias)[n, q * size : (q + 1) * size]
    selected = [best(hidden[n], k) for n in range(S)]
    weights = [scale * s[n, e] / s[n, e].sum() for n, e in enumerate(selected)]
    config = {"n_group": groups, "topk_group": use, "top_k": k, "norm_topk_prob": True, "routed_scaling_factor": scale}
    outputs = {"group_scores": group, "scores": s, "selected": selected, "selected_groups": chosen, "weights": weights}
    config["group_score"] = "sum of the 2 largest (s+b) in the group"
    return {"config": config, "inputs": {"router_logits": z, "bias": bias}, "outputs": outputs}


def expert_choice(S, E, D, out, c):
    x, Wg, We, k = f(S, D), f(D, E), f(E, D, out), math.floor(S * c / E)
    s = (x @ Wg).softmax(-1)
    I = [best(s[:, e], k) for e in range(E)]
    y, each = torch.zeros(S, out), [sum(n in row for row in I) for n in range(S)]
    for e in range(E):
        for n in I[e]:
            y[n] += s[n, e] * (x[n] @ We[e])
    config = {"capacity_factor": c, "k_tokens_per_expert": k, "rule": "k = floor(S*c/E)", "expert": "x_e = x @ W_e (linear)"}
    outputs = {"scores": s, "I": I, "G": [s[I[e], e] for e in range(E)], "y": y, "experts_per_token": each}
    outputs["P"] = [[[int(m == n) for m in range(S)] for n in row] for row in I]
    outputs["histogram_experts_per_token"] = [each.count(i) for i in range(E + 1)]
    outputs["tokens_without_expert"] = [n for n in range(S) if each[n] == 0]
    return {"config": config, "inputs": {"x": x, "W_g": Wg, "W_e": We}, "outputs": outputs}


def gshard_top2_capacity(S, E, cf, policy, digits=3):
    z, u, C = f(S, E, digits=digits), torch.rand(S, generator=g).round(decimals=3), max(1, math.ceil(2 * cf * S / E))
    p = z.softmax(-1)
    e1, e2 = zip(*(best(p[n], 2) for n in range(S)))
    both = [p[n, e1[n]] + p[n, e2[n]] for n in range(S)]
    g1, g2 = ([p[n, e[n]] / both[n] for n in range(S)] for e in (e1, e2))
    sent = [int(policy == "all" or 2 * g2[n] > u[n]) for n in range(S)]
    used, p1, p2 = [0] * E, [-1] * S, [-1] * S
    for experts, position, wanted in ((e1, p1, [1] * S), (e2, p2, sent)):
        for n, e in enumerate(experts):
            if wanted[n] and used[e] < C:
                position[n], used[e] = used[e], used[e] + 1
    aux = sum(e1.count(e) / S * p.mean(0)[e] for e in range(E)) / E
    outputs = {"probs": p, "expert1": e1, "expert2": e2, "gate1": g1, "gate2": g2, "second_kept_by_policy": sent}
    outputs |= {"position1": p1, "position2": p2}
    outputs |= places(S, E, C, [*zip(range(S), e1, p1, g1), *zip(range(S), e2, p2, g2)])
    outputs["dropped_first"] = [n for n in range(S) if p1[n] < 0]
    outputs["dropped_second"] = [n for n in range(S) if sent[n] and p2[n] < 0]
    outputs["fully_dropped"] = [n for n in range(S) if p1[n] < 0 and p2[n] < 0]
    outputs |= {"aux_loss_gshard": aux, "aux_loss_switch_scale": aux * E * E}
    config = {"capacity_factor": cf, "capacity": C, "capacity_rule": "max(1, ceil(2*cf*S/E))", "second_expert_policy": policy}
    config["gate_normalisation"] = "g/(g1+g2), before capacity drop"
    return {"config": config, "inputs": {"router_logits": z, "uniform": u}, "outputs": outputs}


def next_best_overflow(S, E, k, C, order, digits=3):
    z = f(S, E, digits=digits)
    p = z.softmax(-1)
    preference = [best(p[n], E) for n in range(S)]
    used, assigned, position, rank = [0] * E, *([[-1] * k for _ in range(S)] for _ in range(3))
    every = [(n, s) for n in range(S) for s in range(k)]
    for n, s in sorted(every, key=lambda a: a[::-1]) if order == "slot-major" else every:
        for r, e in enumerate(preference[n]):
            if used[e] < C and e not in assigned[n]:
                assigned[n][s], position[n][s], rank[n][s] = e, used[e], r
                used[e] += 1
                break
    raw = [torch.tensor([float(p[n, e]) if e >= 0 else 0.0 for e in assigned[n]]) for n in range(S)]
    outputs = {"probs": p, "preference": preference, "original_topk": [row[:k] for row in preference]}
    outputs |= {"assigned": assigned, "position_in_expert": position, "preference_rank_used": rank, "load": used}
    outputs["overflowed"] = [[n, s] for n, s in every if rank[n][s] != s]
    outputs["dropped"] = [[n, s] for n, s in every if assigned[n][s] < 0]
    outputs |= {"weights_raw": raw, "weights_normalised": [w / w.sum() if w.sum() > 0 else w for w in raw]}
    return {"config": {"k": k, "capacity": C, "order": order}, "inputs": {"router_logits": z}, "outputs": outputs}


def shazeer_noisy_topk(S, D, E, k, w_importance, w_load):
    x, noise = f(S, D), f(S, E, scale=1)
    Wg, Wn = (f(D, E, scale=0.7).requires_grad_() for _ in range(2))
    clean, std = x @ Wg, torch.nn.functional.softplus(x @ Wn)
    H = clean + noise * std
    selected = [best(H[n], k) for n in range(S)]
    gates = torch.full((S, E), -math.inf)
    for n in range(S):
        gates[n, selected[n]] = H[n, selected[n]]
    gates = gates.softmax(-1)
    without = [[torch.cat([H[n, :e], H[n, e + 1 :]]).topk(k).values[-1] for e in range(E)] for n in range(S)]
    threshold = torch.stack([torch.stack(row) for row in without])
    P = torch.special.ndtr((clean - threshold) / std)
    importance, load = gates.sum(0), P.sum(0)
    losses = {"loss_importance": w_importance * cv2(importance), "loss_load": w_load * cv2(load)}
    sum(losses.values()).backward()
    outputs = {"clean_logits": clean, "noise_std": std, "noisy_logits": H, "gates": gates, "selected": selected}
    outputs["selected_without_noise"] = [best(clean[n], k) for n in range(S)]
    outputs |= {"threshold_excluding_i": threshold, "prob_in_topk": P, "importance": importance, "load": load}
    outputs |= {"hard_load": counts(selected, E), **losses, "loss": sum(losses.values())}
    outputs |= {"cv2_importance": cv2(importance), "cv2_load": cv2(load)}
    outputs |= {"cv2_importance_sample_var": cv2(importance, 1), "cv2_load_sample_var": cv2(load, 1)}
    outputs |= {"grad_loss_W_g": Wg.grad, "grad_loss_W_noise": Wn.grad}
    config = {"k": k, "w_importance": w_importance, "w_load": w_load}
    return {"config": config, "inputs": {"x": x, "W_g": Wg, "W_noise": Wn, "noise": noise}, "outputs": outputs}


def st_moe_z_loss(S, E, coef):
    z = f(S, E, scale=5).requires_grad_()
    lse = z.logsumexp(-1)
    loss = coef * lse.square().mean()
    loss.backward()
    outputs = {"logsumexp": lse, "z_loss": lse.square().mean(), "loss": loss, "grad_loss_wrt_logits": z.grad}
    return {"config": {"coef": coef}, "inputs": {"router_logits": z}, "outputs": outputs}


def switch_capacity(S, E, cf, alpha, priority, digits=3):
    z, C = f(S, E, digits=digits).requires_grad_(), max(1, math.ceil(cf * S / E))
    p = z.softmax(-1)
    expert = [best(p[n], 1)[0] for n in range(S)]
    gate = [p[n, expert[n]] for n in range(S)]
    queue = range(S) if priority == "token_order" else best(gate, S)
    used, position = [0] * E, [-1] * S
    for n in queue:
        if used[expert[n]] < C:
            position[n], used[expert[n]] = used[expert[n]], used[expert[n]] + 1
    share = torch.tensor([expert.count(e) / S for e in range(E)])
    loss = alpha * E * (share * p.mean(0)).sum()
    loss.backward()
    gone = [n for n in range(S) if position[n] < 0]
    outputs = {"probs": p, "expert": expert, "gate": gate, "position_in_expert": position, "dropped_tokens": gone}
    outputs |= places(S, E, C, zip(range(S), expert, position, gate))
    outputs |= {"dropped_fraction": len(gone) / S, "tokens_kept_per_expert": used, "f": share, "P": p.mean(0)}
    outputs["tokens_routed_per_expert"] = [expert.count(e) for e in range(E)]
    outputs |= {"aux_loss": loss, "grad_aux_wrt_logits": z.grad}
    config = {"capacity_factor": cf, "capacity": C, "capacity_rule": "max(1, ceil(cf*S/E))", "alpha": alpha, "priority": priority}
    return {"config": config, "inputs": {"router_logits": z}, "outputs": outputs}


def topk_load_balancing(S, E, k, digits=3):
    z = f(S, E, digits=digits)
    p = z.softmax(-1)
    selected = [best(p[n], k) for n in range(S)]
    raw = torch.stack([p[n, row] for n, row in enumerate(selected)])
    share = torch.tensor(counts(selected, E)) / S
    loss = E * (share * p.mean(0)).sum()
    outputs = {"selected": selected, "weights_raw": raw, "weights_normalised": raw / raw.sum(-1, keepdim=True), "f": share}
    outputs |= {"P": p.mean(0), "loss_hf_mixtral": loss, "loss_divided_by_k": loss / k, "load_fraction": share / k}
    outputs |= {"mean_router_entropy": -(p * p.log()).sum(-1).mean(), "cv2_load": cv2(share)}
    return {"config": {"k": k}, "inputs": {"router_logits": z}, "outputs": outputs}


TIES = {"digits": 0}  # integers: many equal logits
CASES = {
    "aux_loss_free_bias": [aux_loss_free_bias(7, 6, 1, 0.1, 0.01), aux_loss_free_bias(6, 4, 4, 0.05, 0.001)],
    "deepseek_v3_group_limited": [
        deepseek_v3_group_limited(5, 8, 2, 1, 2, 1.0),
        deepseek_v3_group_limited(4, 12, 3, 2, 5, 0.7),
        deepseek_v3_group_limited(3, 4, 1, 1, 4, 2.5),
    ],
    "expert_choice": [expert_choice(8, 4, 3, 2, 1), expert_choice(9, 4, 3, 2, 1.5), expert_choice(4, 1, 2, 2, 0.5)],
    "gshard_top2_capacity": [
        gshard_top2_capacity(8, 4, 1.0, "random"),
        gshard_top2_capacity(9, 3, 0.5, "random"),
        gshard_top2_capacity(5, 8, 0.01, "all", **TIES),
    ],
    "next_best_overflow": [
        next_best_overflow(8, 4, 1, 2, "token-major"),
        next_best_overflow(7, 4, 2, 3, "token-major"),
        next_best_overflow(6, 3, 3, 4, "slot-major"),
        next_best_overflow(8, 4, 2, 4, "slot-major", **TIES),
    ],
    "shazeer_noisy_topk": [shazeer_noisy_topk(6, 3, 4, 1, 0.1, 0.1), shazeer_noisy_topk(7, 3, 4, 3, 0.5, 0.0)],
    "st_moe_z_loss": [st_moe_z_loss(5, 6, 0.5), st_moe_z_loss(1, 1, 0.001)],
    "switch_capacity": [
        switch_capacity(10, 4, 1.0, 0.01, "batch_prioritized"),
        switch_capacity(9, 3, 0.5, 0.1, "batch_prioritized", **TIES),
        switch_capacity(6, 8, 0.1, 1.0, "token_order"),
        switch_capacity(4, 1, 1.25, 0.01, "token_order"),
    ],
    "topk_load_balancing": [topk_load_balancing(7, 4, 1), topk_load_balancing(6, 4, 4), topk_load_balancing(6, 5, 3, **TIES)],
}


def plain(v):
    if isinstance(v, torch.Tensor):
        return plain(v.detach().tolist())
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    return float(f"{v:.9g}") if isinstance(v, float) else v


for name, cases in CASES.items():
    Path(sys.argv[1], f"{name}.json").write_text(json.dumps({"name": name, "cases": plain(cases)}, separators=(",", ":")))
