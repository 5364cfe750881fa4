import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  FeedForward,
  fromArray,
  Generator,
  LayerNorm,
  LSTM,
  type Module,
  MultiHeadAttention,
  noGrad,
  reshape,
  RMSNorm,
  RNN,
  type Tensor,
} from "../../lib/index.js";

interface Written {
  shape: number[];
  data: number[];
}
interface Case {
  name: string;
  options: Record<string, unknown>;
  inputs: Record<string, Written>;
  parameters: Record<string, Written>;
  y: Written;
  grad_output: Written;
  grads: Record<string, Written>;
}

const file = new URL("../golden/data/nn/layers.json", import.meta.url);
const { cases, madeWith } = JSON.parse(readFileSync(file, "utf8")) as { cases: Case[]; madeWith: string };
const tensorOf = ({ shape, data }: Written): Tensor => fromArray(data, shape);
const rng = new Generator(0);

/** The module of a case, and how it reads the inputs. */
function built({ name, options: o, inputs, parameters }: Case): [Module, (x: Record<string, Tensor>) => Tensor] {
  const d = inputs.x.shape[2];
  const state = (x: Tensor): Tensor => reshape(x, x.shape.slice(1)); // PyTorch has [layers, B, F]
  if (name.startsWith("RNN")) {
    const rnn = new RNN<number, number>(d, 5, { rng, activation: o.activation as "tanh" | "relu" });
    return [rnn, ({ x, h }) => rnn.forward(x as Tensor<[number, number, number]>, state(h)).y];
  }
  if (name === "LSTM") {
    const lstm = new LSTM<number, number>(d, 5, { rng });
    return [lstm, ({ x, h, c }) => lstm.forward(x as Tensor<[number, number, number]>, { h: state(h), c: state(c) }).y];
  }
  if (name.startsWith("attention")) {
    const { nHead, theta, ...options } = o as { nHead: number; theta: number };
    const attention = new MultiHeadAttention<number>(d, nHead, { rng, rotary: { theta }, ...options });
    return [attention, ({ x }) => attention.forward(x as Tensor<number[]>)];
  }
  const layer =
    name === "RMSNorm"
      ? new RMSNorm<number>(d)
      : name === "LayerNorm"
        ? new LayerNorm<number>(d)
        : new FeedForward<number, number>(d, 10, { rng, gated: name === "SwiGLU", bias: "up.bias" in parameters });
  return [layer, ({ x }) => layer.forward(x as Tensor<number[]>)];
}

function expectClose(name: string, actual: Tensor, { shape, data }: Written, atol: number, rtol: number): void {
  expect([name, actual.size]).toEqual([name, data.length]);
  expect(actual.shape).toEqual(shape);
  actual.toTypedArray().forEach((value, i) => {
    const off = Math.abs(value - data[i]);
    if (!(off <= atol + rtol * Math.abs(data[i]))) expect([name, i, value]).toEqual([name, i, data[i]]);
  });
}

describe(`the layers equal PyTorch's (${madeWith})`, () => {
  test("all of them are there", () => {
    expect(cases).toHaveLength(10);
  });

  test.each(cases.map((c): [string, Case] => [c.name, c]))("%s: output and all gradients", (_, c) => {
    const [module, run] = built(c);
    module.loadStateDict(c.parameters);
    const inputs = Object.fromEntries(Object.entries(c.inputs).map(([name, x]) => [name, tensorOf(x)]));
    for (const x of Object.values(inputs)) x.requiresGrad = true;
    const y = run(inputs);
    expectClose("y", y, c.y, 2e-5, 2e-4);
    y.backward({ gradient: tensorOf(c.grad_output) });
    const all = { ...inputs, ...Object.fromEntries(module.namedParameters()) };
    expect(Object.keys(all).sort()).toEqual(Object.keys(c.grads).sort());
    for (const [name, x] of Object.entries(all)) expectClose(name, x.grad!, c.grads[name], 5e-5, 1e-3);
  });

  test("and the same without recording", () => {
    const c = cases.find(({ name }) => name === "LSTM")!;
    const [module, run] = built(c);
    module.loadStateDict(c.parameters);
    const inputs = Object.fromEntries(Object.entries(c.inputs).map(([name, x]) => [name, tensorOf(x)]));
    expectClose(
      "y",
      noGrad(() => run(inputs)),
      c.y,
      2e-5,
      2e-4,
    );
  });
});
