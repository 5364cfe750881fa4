/** `switch/NAME.json` with `switch/NAME.safetensors`: the Switch layer, one case a pair. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MoE, type Routing, sequenceBalanceLoss, zLoss } from "../../lib/moe/index.js";
import { add, fromArray, Generator, mul, sum, type Tensor } from "../../lib/tensor/index.js";
import { read } from "../../lib/tensor/tensor.js";
import { compare, type Numbers, tolerances } from "./compare.js";
import { nested, numbersIn, readJson } from "./data.js";
import { Options } from "./options.js";
import { attempt, type Outcome } from "./report.js";

const ACTIVATIONS = { relu: "relu", gelu: "gelu", gelu_new: "geluTanh", silu: "silu", swish: "silu" } as const;
const EXACT = [...["expert_index", "dispatch_mask", "dropped", "dropped_positions", "tokens_per_expert_kept"]];

export function runSwitch(directory: string, file: string): Outcome[] {
  return [attempt(file, "switch", (outcome) => runCase(join(directory, file), outcome))];
}

function runCase(path: string, outcome: Outcome): void {
  const { config: given, transformers: _, ...facts } = readJson<Record<string, unknown>>(`${path}.json`);
  const tensors = readTensors(`${path}.safetensors`);
  const config = new Options(given as Record<string, unknown>);
  const actual = computed(config, tensors);
  const isInput = (name: string): boolean =>
    name.startsWith("param.") || name === "hidden_states" || name === "grad_output_weight";
  const expected: [string, Numbers][] = [
    ...[...tensors].filter(([name]) => !isInput(name)),
    ...Object.entries(facts).map(([name, value]): [string, Numbers] => [`${name} `, nested(value)]), // said a second time
  ];
  for (const [name, numbers] of expected) {
    const field = name.trim();
    const value = actual[name] ?? actual[field];
    const tolerance = EXACT.includes(field) ? tolerances.exact : tolerances.routing;
    if (!value) outcome.fail(`the library's Switch layer has no output ${field}`);
    else outcome.add(compare(field, value, numbers, tolerance));
  }
  for (const option of config.unknown()) outcome.fail(`the library's Switch layer has no option ${option}`);
}

type Tensors = ReadonlyMap<string, Numbers>;

/** The layer itself: top-1, raw weights, a fixed number of places per expert in each sequence. */
function layerOf(config: Options, tensors: Tensors): MoE {
  const [nExpert, dModel, dExpert] = ["num_experts", "d_model", "d_ff"].map((name) => config.number(name));
  const routerBias = config.flag("router_bias");
  const activation = ACTIVATIONS[config.word("activation", Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[])];
  const layer = new MoE(dModel, dExpert, {
    rng: new Generator(config.number("seed", 0)),
    nExpert,
    activation,
    bias: false,
    topK: 1,
    renormalize: false,
    capacityPer: "sequence",
    capacityFactor: Number.MIN_VALUE, // the minimum decides: as many places, however long the sequence
    minCapacity: config.number("expert_capacity"),
    routerBias,
  });
  const param = (name: string): Numbers => tensors.get(`param.${name}`) ?? missing(`param.${name}`);
  const stacked = (part: "wi" | "wo"): { shape: number[]; data: number[] } => {
    const all = Array.from({ length: nExpert }, (_, e) => param(`experts.expert_${e}.${part}.weight`));
    return { shape: [nExpert, ...all[0].shape], data: all.flatMap((w) => Array.from(w.data)) };
  };
  layer.loadStateDict({
    "router.weight": param("router.classifier.weight"),
    ...(routerBias ? { "router.bias": param("router.classifier.bias") } : {}),
    "experts.up": stacked("wi"),
    "experts.down": stacked("wo"),
  });
  return layer;
}

function missing(name: string): never {
  throw new Error(`the file has no tensor ${name}`);
}

function computed(config: Options, tensors: Tensors): Record<string, Numbers> {
  const layer = layerOf(config, tensors);
  const hidden = tensors.get("hidden_states") ?? missing("hidden_states");
  const [batch, length, d] = [config.number("batch"), config.number("seq"), config.number("d_model")];
  const x = fromArray(hidden.data, [batch, length, d]);
  x.requiresGrad = true;
  const routings: Routing[] = [];
  const output: Tensor = layer.forward(x, { routings });
  const [routing] = routings;
  const { nExpert, wanted, positions } = routing;
  const perToken = (value: (n: number) => number): Numbers => ({
    shape: [batch, length],
    data: Array.from({ length: batch * length }, (_, n) => value(n)),
  });
  const ofExperts = (value: (n: number, e: number) => number): Numbers => ({
    shape: [batch, length, nExpert],
    data: Array.from({ length: wanted.length * nExpert }, (_, i) => value(Math.floor(i / nExpert), i % nExpert)),
  });
  const [z, aux] = [zLoss(routing), sequenceBalanceLoss(routing)];
  const loss = add(mul(z, config.number("z_coef")), mul(aux, config.number("aux_coef")));
  const probs = read(routing.probs).slice();
  const logits = read(routing.logits!).slice();
  const kept = (n: number): boolean => positions[n] >= 0;
  const weight = tensors.get("grad_output_weight") ?? missing("grad_output_weight");
  const score = sum(mul(output, fromArray(weight.data, [batch, length, d])) as Tensor);
  return {
    router_logits: ofExperts((n, e) => logits[n * nExpert + e]),
    router_probs: ofExperts((n, e) => probs[n * nExpert + e]),
    expert_index: perToken((n) => wanted[n]),
    dispatch_mask: ofExperts((n, e) => Number(kept(n) && wanted[n] === e)),
    selected_prob: {
      shape: [batch, length, 1],
      data: Array.from(wanted, (e, n) => probs[n * nExpert + e]),
    },
    dropped: perToken((n) => Number(!kept(n))),
    output: numbersIn(output),
    z_loss: { shape: [1], data: [z.item()] },
    aux_loss: { shape: [1], data: [aux.item()] },
    ...gradients(layer, x, loss, "losses"),
    ...gradients(layer, x, score, "output"),
    // The JSON file says some of it in another form.
    "z_loss ": nested(z.item()),
    "aux_loss ": nested(aux.item()),
    weighted_sum_of_losses: nested(loss.item()),
    dropped_positions: nested(
      Array.from(wanted, (_, n) => [Math.floor(n / length), n % length]).filter((_, n) => !kept(n)),
    ),
    tokens_per_expert_kept: nested(
      Array.from({ length: nExpert }, (_, e) => wanted.filter((w, n) => w === e && kept(n)).length),
    ),
  };
}

function gradients(layer: MoE, x: Tensor, of: Tensor, name: string): Record<string, Numbers> {
  layer.zeroGrad();
  x.grad = null;
  of.backward({ retainGraph: true });
  const grad = (p: Tensor): Numbers =>
    p.grad ? numbersIn(p.grad) : { shape: p.shape, data: new Float32Array(p.size) };
  const { weight, bias } = layer.router;
  return {
    [`grad_${name}_hidden_states`]: grad(x),
    [`grad_${name}_router_weight`]: grad(weight!),
    ...(bias ? { [`grad_${name}_router_bias`]: grad(bias) } : {}),
  };
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** A safetensors file: the length of a JSON header, the header, the numbers. F32, I64, I32 and BOOL. */
function readTensors(path: string): Map<string, Numbers> {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, start)) as Record<string, Entry>;
  const numbers = ({ dtype, shape, data_offsets: [from, to] }: Entry, name: string): Numbers => {
    const raw = Uint8Array.from(bytes.subarray(start + from, start + to)).buffer;
    if (dtype === "F32") return { shape, data: new Float32Array(raw) };
    if (dtype === "I64") return { shape, data: Array.from(new BigInt64Array(raw), Number) };
    if (dtype === "I32") return { shape, data: new Int32Array(raw) };
    if (dtype === "BOOL") return { shape, data: new Uint8Array(raw) };
    throw new Error(`tensor ${name} is ${dtype}; this reads F32, I64, I32 and BOOL`);
  };
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== "__metadata__")
      .map(([name, entry]) => [name, numbers(entry, name)]),
  );
}
