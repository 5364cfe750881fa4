import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { ConfigInput } from "../../../lib/models/index.js";

/** The part of jax-js that the benches call. Every call takes its operands away: `ref` is "I need it again". */
interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray | number): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray | number): JaxArray;
  sum(): JaxArray;
  reshape(shape: number[]): JaxArray;
  transpose(): JaxArray;
  dataSync(): Float32Array;
}
interface Jax {
  numpy: {
    array(values: Float32Array | Int32Array | number): JaxArray;
    zeros(shape: number[]): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    sqrt(x: JaxArray): JaxArray;
  };
  nn: {
    gelu(x: JaxArray, options?: { approximate?: boolean }): JaxArray;
    oneHot(x: JaxArray, classes: number): JaxArray;
    logSoftmax(x: JaxArray, axis: number): JaxArray;
    standardize(x: JaxArray, axis: number, options: { epsilon: number }): JaxArray;
    dotProductAttention(q: JaxArray, k: JaxArray, v: JaxArray, options: { isCausal: boolean }): JaxArray;
  };
  jit<F>(f: F): F;
  valueAndGrad(
    f: (p: JaxArray[], x: JaxArray, y: JaxArray) => JaxArray,
  ): (p: JaxArray[], x: JaxArray, y: JaxArray) => [JaxArray, JaxArray[]];
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): void;
}

/** One training step of `trainingStep`'s model in jax-js, compiled by its `jit`, on WebAssembly. */
export async function jaxStep(
  { vocabSize: V, blockSize: T, nLayer, nHead, dModel: D, dHidden: F = 4 * D }: ConfigInput,
  batchSize: number,
  tokens: { inputs: Int32Array; targets: Int32Array },
): Promise<() => number> {
  const require = createRequire(new URL("../package.json", import.meta.url));
  const { numpy: np, nn, ...jax } = (await import(pathToFileURL(require.resolve("@jax-js/jax")).href)) as Jax;
  await jax.init("wasm");
  jax.defaultDevice("wasm");

  // Tokens, positions, the last norm; then for each block two norms and six linear layers: a weight and a bias each.
  const block = [
    ...[[D], [D], [D, D], [D], [D, D], [D], [D, D], [D], [D, D], [D]],
    ...[[D], [D], [D, F], [F], [F, D], [D]],
  ];
  const shapes = [[V, D], [T, D], [D], [D], ...Array.from({ length: nLayer }, () => block).flat()];
  let next = 1;
  const random = (): number => (next = (Math.imul(next, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 31 - 1;
  const parameters = shapes.map((shape) => {
    const size = shape.reduce((a, b) => a * b);
    return np.array(Float32Array.from({ length: size }, () => 0.03 * random())).reshape(shape);
  });

  const norm = (x: JaxArray, w: JaxArray, b: JaxArray) => nn.standardize(x, -1, { epsilon: 1e-5 }).mul(w.add(1)).add(b);
  const linear = (x: JaxArray, w: JaxArray, b: JaxArray) => np.matmul(x, w).add(b);
  const heads = (x: JaxArray) => x.reshape([batchSize, T, nHead, D / nHead]);
  const loss = ([tokens, positions, normW, normB, ...blocks]: JaxArray[], x: JaxArray, y: JaxArray) => {
    let h = np
      .matmul(nn.oneHot(x, V), tokens.ref)
      .reshape([batchSize, T, D])
      .add(positions)
      .reshape([batchSize * T, D]);
    for (let at = 0; at < blocks.length; at += block.length) {
      const [n1, c1, q, qb, k, kb, v, vb, o, ob, n2, c2, up, upB, down, downB] = blocks.slice(at, at + block.length);
      const a = norm(h.ref, n1, c1);
      const [query, key, value] = [heads(linear(a.ref, q, qb)), heads(linear(a.ref, k, kb)), heads(linear(a, v, vb))];
      const mixed = nn.dotProductAttention(query, key, value, { isCausal: true }).reshape([batchSize * T, D]);
      h = h.add(linear(mixed, o, ob));
      h = h.ref.add(linear(nn.gelu(linear(norm(h, n2, c2), up, upB), { approximate: true }), down, downB));
    }
    const logits = np.matmul(norm(h, normW, normB), tokens.transpose());
    return nn
      .logSoftmax(logits, -1)
      .mul(nn.oneHot(y, V))
      .sum()
      .mul(-1 / (batchSize * T));
  };
  const step = jax.jit(
    (p: JaxArray[], m: JaxArray[], v: JaxArray[], size: JaxArray, unbias: JaxArray, x: JaxArray, y: JaxArray) => {
      const [value, grads] = jax.valueAndGrad(loss)(
        p.map((each) => each.ref),
        x,
        y,
      );
      const newM = m.map((each, i) => each.mul(0.9).add(grads[i].ref.mul(0.1)));
      const newV = v.map((each, i) => each.mul(0.999).add(grads[i].ref.mul(grads[i]).mul(0.001)));
      const newP = p.map((each, i) =>
        each.sub(newM[i].ref.mul(size.ref).div(np.sqrt(newV[i].ref).mul(unbias.ref).add(1e-8))),
      );
      return [value, newP, newM, newV] as const;
    },
  );
  let state = [parameters, shapes.map((s) => np.zeros(s)), shapes.map((s) => np.zeros(s))];
  const [x, y] = [np.array(tokens.inputs), np.array(tokens.targets)];
  let count = 0;
  return () => {
    count++;
    const [size, unbias] = [1e-3 / (1 - 0.9 ** count), 1 / Math.sqrt(1 - 0.999 ** count)].map((n) => np.array(n));
    const [value, ...after] = step(state[0], state[1], state[2], size, unbias, x.ref, y.ref);
    state = after;
    return value.dataSync()[0];
  };
}
