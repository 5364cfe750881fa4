/** `ops/ops.json`: each op forward, and its gradients for the given gradient of the output. */

import type { Tensor } from "../../lib/tensor/index.js";
import { add, mul, sum } from "../../lib/tensor/index.js";
import { compare, tolerances } from "./compare.js";
import { numbersIn, numbersOf, tensorOf, type WrittenTensor } from "./data.js";
import { type Inputs, opTable } from "./opTable.js";
import { Options } from "./options.js";
import { attempt, NotThere, type Outcome } from "./report.js";

type Tensors = Record<string, WrittenTensor>;

export interface OpCase {
  id: string;
  op: string;
  attrs: Record<string, unknown>;
  inputs: Tensors;
  outputs: Tensors;
  grad_outputs?: Tensors;
  grads?: Tensors;
}

const isFloat = (written: WrittenTensor): boolean => written.dtype === "float";

/** Turns a case's inputs into tensors, perhaps as views of an unusual layout. */
export type Build = (written: WrittenTensor) => Tensor;

export function runOps(file: string, content: unknown, build: Build = tensorOf): Outcome[] {
  const { cases } = content as { cases?: OpCase[] };
  if (!Array.isArray(cases)) throw new Error("there is no list of cases in it");
  return cases.map((c) => attempt(file, c.id, (outcome) => runOp(c, outcome, build)));
}

function runOp(c: OpCase, outcome: Outcome, build: Build): void {
  const op = opTable[c.op];
  if (!op) throw new NotThere(`the library has no op ${c.op}`);
  const tensors = new Map(Object.entries(c.inputs).map(([name, written]) => [name, build(written)]));
  for (const [name, x] of tensors) x.requiresGrad = isFloat(c.inputs[name]) && c.grads?.[name] !== undefined;
  const asked = new Set<string>();
  const options = new Options(c.attrs);
  const outputs = op(reader(c, tensors, asked), options);
  for (const name of options.unknown()) outcome.fail(`the library's ${c.op} has no option ${name}`);
  for (const name of tensors.keys()) if (!asked.has(name)) outcome.fail(`the library's ${c.op} has no input ${name}`);
  for (const [name, written] of Object.entries(c.outputs)) {
    if (!outputs[name]) outcome.fail(`the library's ${c.op} has no output ${name}`);
    else
      outcome.add(
        compare(
          name,
          numbersIn(outputs[name]),
          numbersOf(written),
          isFloat(written) ? tolerances.opOutput : tolerances.exact,
        ),
      );
  }
  runBackward(c, outcome, outputs, tensors, build);
}

/** What an op may ask for; remembers what it asked. */
function reader(c: OpCase, tensors: ReadonlyMap<string, Tensor>, asked: Set<string>): Inputs {
  const maybe = (name: string): Tensor | null => {
    asked.add(name);
    return tensors.get(name) ?? null;
  };
  return {
    maybe,
    need(name) {
      const x = maybe(name);
      if (!x) throw new Error(`the case gives ${c.op} no input ${name}`);
      return x;
    },
    expected: (name) => (c.outputs[name] ? tensorOf(c.outputs[name]) : null),
    all: () => [...tensors.keys()].sort().map((name) => maybe(name)!),
  };
}

/** Back from Σ output · grad_output over all outputs that have one. */
function runBackward(
  c: OpCase,
  outcome: Outcome,
  outputs: Record<string, Tensor>,
  tensors: ReadonlyMap<string, Tensor>,
  build: Build,
): void {
  const { grads = {}, grad_outputs = {} } = c;
  if (Object.keys(grads).length === 0) return;
  const weighted = Object.entries(grad_outputs)
    .filter(([name]) => outputs[name])
    .map(([name, written]) => [outputs[name], build(written)] as [Tensor, Tensor]);
  // One output: its gradient goes in as it is. Several: through a sum of products.
  if (weighted.length === 1) weighted[0][0].backward({ gradient: weighted[0][1] });
  else (weighted.map(([y, g]) => sum(mul(y, g) as Tensor)).reduce((a, b) => add(a, b)) as Tensor).backward();
  for (const [name, written] of Object.entries(grads)) {
    const grad = tensors.get(name)?.grad;
    if (!grad) outcome.fail(`the library's ${c.op} has no gradient for ${name}`);
    else outcome.add(compare(`grad ${name}`, numbersIn(grad), numbersOf(written), tolerances.opGradient));
  }
}
