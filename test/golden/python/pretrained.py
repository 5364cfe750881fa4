"""Tiny models of every family from random weights, run by transformers: test/golden/data/models/NAME/.

    python pretrained.py [OUT]           the committed ones
    python pretrained.py OUT COUNT SEED  as many random configs of each family, some in shards, in float16, bfloat16 or float32:
                                         what `npm run interop` reads

Each folder has the form of a case of `npm run golden`: config.json and model.safetensors as save_pretrained writes them, and
outputs, grads and generation beside them. Made with transformers 5.24.0 and torch 2.15.0.
"""

import json
import random
import sys
from pathlib import Path

import torch
import transformers as t
from safetensors.torch import load_file, save_file

HERE = Path(__file__).resolve().parent
V = 16
small = dict(vocab_size=V, max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0)
llama = dict(small, hidden_size=8, intermediate_size=10, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2)
moe = dict(llama, num_experts=3, num_experts_per_tok=2, moe_intermediate_size=4)
yarn = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, rope_theta=100.0)
gpt2 = dict(vocab_size=V, n_embd=8, n_layer=2, n_head=2, n_positions=24, bos_token_id=1, eos_token_id=2)
deepseek = dict(
    small, hidden_size=8, intermediate_size=10, moe_intermediate_size=4, num_hidden_layers=2, num_attention_heads=2,
    num_key_value_heads=2, n_routed_experts=4, n_shared_experts=2, n_group=2, topk_group=1, num_experts_per_tok=2,
    first_k_dense_replace=1, kv_lora_rank=8, q_lora_rank=None, qk_rope_head_dim=4, qk_nope_head_dim=6, v_head_dim=5,
    num_nextn_predict_layers=0,
)
oss = dict(
    small, hidden_size=8, intermediate_size=6, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
    head_dim=4, num_local_experts=3, num_experts_per_tok=2, sliding_window=5, tie_word_embeddings=False,
)
mixtral = dict(llama, num_local_experts=3, num_experts_per_tok=2, intermediate_size=6)
linear = dict(rope_type="linear", factor=2.0, rope_theta=1000.0)
llama3 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=16, rope_theta=50.0)

# name: class, fields, padding (None, left, right)
COMMITTED = {
    "gpt2-left": ("GPT2", gpt2, "left"),
    "llama-llama3-tied": ("Llama", dict(llama, head_dim=8, rope_parameters=llama3, attention_bias=True, mlp_bias=True, tie_word_embeddings=True), None),
    "mistral-window-left": ("Mistral", dict(llama, sliding_window=5), "left"),
    "qwen2-linear": ("Qwen2", dict(llama, rope_parameters=linear, use_sliding_window=True, sliding_window=4, max_window_layers=1), None),
    "qwen3-yarn": ("Qwen3", dict(llama, head_dim=6, rope_parameters=yarn), "right"),
    "mixtral-top1-right": ("Mixtral", dict(mixtral, num_experts_per_tok=1, router_aux_loss_coef=0.5, tie_word_embeddings=True), "right"),
    "qwen2moe-mixed": ("Qwen2Moe", dict(moe, decoder_sparse_step=2, shared_expert_intermediate_size=6), None),
    "qwen3moe-left": ("Qwen3Moe", dict(moe, head_dim=6, norm_topk_prob=True), "left"),
    "olmoe-clip": ("Olmoe", dict(llama, num_experts=3, num_experts_per_tok=2, intermediate_size=4, clip_qkv=0.8), None),
    "deepseekv3-yarn": ("DeepseekV3", dict(deepseek, rope_parameters=dict(yarn, mscale=1.0, mscale_all_dim=0.7)), None),
    "gptoss": ("GptOss", oss, "right"),
}


def random_config(family, r):
    """One of the many configs of a family. A window is longer than the padding (a query that sees nothing has no defined output),
    and not 1, with which the cache of transformers 5.24 keeps all positions."""
    pick = lambda *values: r.choice(values)
    heads = pick(2, 4)
    rope = pick(dict(rope_type="default", rope_theta=float(pick(100, 10000))), linear, llama3, yarn, dict(yarn, truncate=False, beta_fast=8))
    base = dict(
        small, hidden_size=heads * pick(4, 8), intermediate_size=pick(8, 20), num_hidden_layers=pick(1, 2, 3),
        num_attention_heads=heads, num_key_value_heads=pick(1, 2, heads), tie_word_embeddings=pick(True, False),
        rope_parameters=rope, rms_norm_eps=pick(1e-6, 1e-5, 1e-2),
    )
    window = dict(use_sliding_window=pick(True, False), sliding_window=pick(4, 5, 30), max_window_layers=pick(0, 1, 2))
    experts = pick(2, 5, 8)
    some = dict(num_experts=experts, num_experts_per_tok=pick(1, 2), moe_intermediate_size=pick(4, 8), norm_topk_prob=pick(True, False),
                router_aux_loss_coef=pick(0.001, 0.5))
    sparse = dict(some, decoder_sparse_step=pick(1, 2), mlp_only_layers=pick([], [0]))
    if family == "GPT2":
        return dict(gpt2, n_embd=heads * pick(4, 8), n_head=heads, n_layer=pick(1, 2, 3), n_inner=pick(None, 24),
                    activation_function=pick("gelu_new", "gelu", "relu"), tie_word_embeddings=pick(True, False))
    if family == "Llama":
        return dict(base, head_dim=pick(None, 6), attention_bias=pick(True, False), mlp_bias=pick(True, False))
    if family == "Mistral":
        return dict(base, sliding_window=pick(None, 4, 100), head_dim=pick(None, 6))
    if family == "Qwen2":
        return dict(base, **window)
    if family == "Qwen3":
        return dict(base, head_dim=pick(4, 10), attention_bias=pick(True, False), **window)
    if family == "Mixtral":
        return dict(base, head_dim=pick(4, 6), num_local_experts=experts, num_experts_per_tok=pick(1, 2), sliding_window=pick(None, 4),
                    router_aux_loss_coef=pick(0.001, 0.5))
    if family == "Qwen2Moe":
        return dict(base, **sparse, **window, shared_expert_intermediate_size=pick(4, 12), qkv_bias=pick(True, False))
    if family == "Qwen3Moe":
        window.pop("max_window_layers")
        return dict(base, **sparse, **window, head_dim=pick(4, 10), attention_bias=pick(True, False))
    if family == "Olmoe":
        some.pop("moe_intermediate_size")
        return dict(base, **some, clip_qkv=pick(None, 0.5))
    if family == "DeepseekV3":
        groups = pick((1, 1), (2, 1), (4, 2), (4, 4))
        rope = pick(dict(rope_type="default", rope_theta=1000.0), dict(yarn, mscale=1.0, mscale_all_dim=pick(0.7, 1.0)), yarn)
        return dict(deepseek, num_attention_heads=heads, num_key_value_heads=heads, tie_word_embeddings=pick(True, False), q_lora_rank=pick(None, 12), n_group=groups[0],
                    topk_group=groups[1], num_experts_per_tok=pick(1, 2), n_routed_experts=8, norm_topk_prob=pick(True, False),
                    routed_scaling_factor=pick(1.0, 2.5), first_k_dense_replace=pick(0, 1, 2), attention_bias=pick(True, False),
                    n_shared_experts=pick(1, 2), rope_interleave=pick(True, False), rope_parameters=rope)
    if family == "GptOss":
        yarns = dict(rope_type="yarn", factor=pick(2.0, 32.0), beta_fast=32.0, beta_slow=1.0, truncate=pick(True, False),
                     original_max_position_embeddings=pick(16, 4096), rope_theta=float(pick(100, 150000)))
        return dict(oss, rope_parameters=pick(yarns, dict(rope_type="default", rope_theta=1000.0)), num_local_experts=experts, num_experts_per_tok=pick(1, 2), sliding_window=pick(4, 5, 50),
                    attention_bias=pick(True, False), num_hidden_layers=pick(1, 2, 3), tie_word_embeddings=pick(True, False))
    raise ValueError(family)


FAMILIES = ["GPT2", "Llama", "Mistral", "Qwen2", "Qwen3", "Mixtral", "Qwen2Moe", "Qwen3Moe", "Olmoe", "DeepseekV3", "GptOss"]


def model_of(family, fields, seed, dtype=torch.float16):
    """With weights of which nothing is lost in this dtype."""
    torch.manual_seed(seed)
    config = getattr(t, f"{family}Config")(**fields)
    model = getattr(t, f"{family}LMHeadModel" if family == "GPT2" else f"{family}ForCausalLM")._from_config(config, attn_implementation="eager", experts_implementation="eager")
    with torch.no_grad():
        for name, p in list(model.named_parameters()) + [x for x in model.named_buffers() if "correction" in x[0]]:
            spread = 0.1 if "bias" in name or "norm" in name or "ln_" in name else 0.3
            first = 1 if ("norm" in name or "ln_" in name) and "bias" not in name else 0
            p.copy_((torch.randn(p.shape) * spread + first).to(dtype).float())
    return model.eval()


def mask_of(padding, b, n):
    mask = torch.ones(b, n, dtype=torch.long)
    if padding == "left":
        mask[0, :3] = 0
    if padding == "right":
        mask[0, -3:] = 0
    return mask


def write(path, family, fields, padding, seed, dtype=torch.float16, shard=None):
    model = model_of(family, fields, seed, dtype)
    path.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(path, max_shard_size=shard or "5GB")
    for file in path.glob("model*.safetensors"):
        save_file({k: v.to(dtype) for k, v in load_file(file).items()}, file)
    (path / "generation_config.json").unlink(missing_ok=True)
    b, n = 2, 11
    ids = torch.randint(3, V, (b, n))
    labels = ids.clone()
    labels[1, 4] = -100
    mask = mask_of(padding, b, n)
    labels[mask == 0] = -100
    if padding == "left":
        labels[0, 3] = -100  # or padding would be asked for the first token
    inputs, routed = {}, {}
    for i, layer in enumerate(model.base_model.layers if family != "GPT2" else []):
        if hasattr(layer.mlp, "experts"):
            layer.mlp.register_forward_pre_hook(lambda m, args, i=i: inputs.__setitem__(i, args[0].detach()))
            router = getattr(layer.mlp, "gate", None) or layer.mlp.router
            router.register_forward_hook(lambda m, args, out, i=i: routed.__setitem__(i, [x.detach() for x in out]))
    is_moe = family in ("Mixtral", "Qwen2Moe", "Qwen3Moe", "Olmoe", "GptOss")
    more = dict(output_router_logits=True) if is_moe and any(hasattr(x.mlp, "experts") for x in model.base_model.layers) else {}
    given = dict(input_ids=ids, labels=labels, output_hidden_states=True, **({} if padding is None else dict(attention_mask=mask)))
    out = model(**given, **more)
    o = dict(input_ids=ids, labels=labels, logits=out.logits)
    if padding:
        o["attention_mask"] = mask
    total = out.loss
    if is_moe and routed:
        o["aux_loss"] = out.aux_loss.reshape(1)
        o["loss_total"] = out.loss.reshape(1)
        o["loss_ce"] = (out.loss - model.config.router_aux_loss_coef * out.aux_loss).reshape(1)
    else:
        o["loss_ce"] = out.loss.reshape(1)
    hidden = list(out.hidden_states)
    for i, h in enumerate(hidden):
        o[f"hidden_states.{i}"] = h
    for i, (logits, weights, chosen) in routed.items():
        order = weights.sort(-1, descending=True)
        o[f"layers.{i}.moe_input"] = inputs[i].reshape(b * n, -1)
        o[f"layers.{i}.router_logits"] = logits
        o[f"layers.{i}.routing_weights"] = order.values
        o[f"layers.{i}.selected_experts"] = chosen.gather(1, order.indices)
    if padding == "left":
        o["compared"] = mask  # padding in front sees nothing, to which each implementation of attention has its own answer
    total.backward()
    # Gradients under the names of the checkpoint: the weights are exchanged for them, and saved the same way.
    grads = {name: p.grad if p.grad is not None else torch.zeros_like(p) for name, p in model.named_parameters()}
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(grads[name])
    model.save_pretrained(path / "g")
    gradients = {k: v for k, v in load_file(path / "g" / "model.safetensors").items() if "correction" not in k}
    for f in (path / "g").iterdir():
        f.unlink()
    (path / "g").rmdir()
    save_file({k: v.detach().contiguous().clone() for k, v in o.items()}, path / "outputs.safetensors")
    save_file(gradients, path / "grads.safetensors")
    model = type(model).from_pretrained(path, attn_implementation="eager", experts_implementation="eager", dtype=torch.float32).eval()
    prompt = ids[1:2, :6]
    text, steps, cached, past = prompt, [], [], None
    with torch.no_grad():
        for _ in range(5):
            steps.append(model(input_ids=text).logits[0, -1])
            step = model(input_ids=text if past is None else text[:, -1:], past_key_values=past, use_cache=True)
            past = step.past_key_values
            cached.append(step.logits[0, -1])
            text = torch.cat([text, steps[-1].argmax().reshape(1, 1)], 1)
    save_file(dict(prompt_ids=prompt.contiguous(), generated_ids=text, step_logits_no_cache=torch.stack(steps),
                   step_logits_with_cache=torch.stack(cached)), path / "generation.safetensors")
    if padding == "left" and shard:
        model.generation_config.eos_token_id = None
        text = model.generate(ids[:, :6], attention_mask=mask[:, :6], do_sample=False, max_new_tokens=5)
        save_file(dict(prompt_ids=ids[:, :6].contiguous(), attention_mask=mask[:, :6].contiguous(), generated_ids=text), path / "padded.safetensors")
    made = dict(transformers=t.__version__, torch=torch.__version__, seed=seed)
    (path / "meta.json").write_text(json.dumps(made) + "\n")


def main():
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "data" / "models"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    if not count:
        for i, (name, (family, fields, padding)) in enumerate(COMMITTED.items()):
            write(out / name, family, fields, padding, 100 + i)
        return
    seed = int(sys.argv[3])
    for family in FAMILIES:
        for i in range(count):
            own = seed * 1000 + i
            r = random.Random(f"{family} {own}")
            padding, shard = r.choice([None, "left", "right"]), r.choice(["5GB", "4KB"])
            dtype = r.choice([torch.float16, torch.bfloat16, torch.float32])
            write(out / f"{family}-{own}", family, random_config(family, r), padding, own, dtype, shard)
        print(family, flush=True)


main()
