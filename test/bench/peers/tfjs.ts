import { createRequire } from "node:module";

/** The part of TensorFlow.js that the benches call. Its packages are not ours: they live in test/bench/node_modules. */
export interface Tfjs {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor(values: Float32Array, shape: number[]): TfjsTensor;
  matMul(a: TfjsTensor, b: TfjsTensor, transposeA?: boolean, transposeB?: boolean): TfjsTensor;
}
export interface TfjsTensor {
  dataSync(): Float32Array;
  dispose(): void;
}

/** TensorFlow.js on its WebAssembly backend (XNNPACK), which has one thread in Node. */
export async function loadTfjs(): Promise<Tfjs> {
  const require = createRequire(new URL("../package.json", import.meta.url));
  const tf = require("@tensorflow/tfjs-core") as Tfjs;
  require("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend("wasm");
  await tf.ready();
  return tf;
}
