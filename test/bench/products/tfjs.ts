import { timed } from "../measure.js";
import { flopsOf, operands, storedShapes, type ProductPeer } from "./product.js";

/** The part of TensorFlow.js that the benches call. */
export interface Tfjs {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor(values: Float32Array, shape: number[]): TfjsTensor;
  matMul(a: TfjsTensor, b: TfjsTensor, transposeA?: boolean, transposeB?: boolean): TfjsTensor;
}
interface TfjsTensor {
  dataSync(): Float32Array;
  dispose(): void;
}

/** TensorFlow.js on one of its backends, "wasm" (XNNPACK) or "cpu" (JavaScript). Its tensors live where they were made. */
export function tfjsProducts(tf: Tfjs, backend: "wasm" | "cpu"): ProductPeer {
  const use = async () => {
    await tf.setBackend(backend);
    await tf.ready();
  };
  return {
    name: `tfjs-${backend}`,
    wasm: backend === "wasm",
    can: (product) => backend === "wasm" || flopsOf(product) <= 2 * 256 ** 3,
    async prepare(product, clock) {
      await use();
      const [values, shapes] = [operands(product), storedShapes(product)];
      const [a, b] = [tf.tensor(values.a, shapes.a), tf.tensor(values.b, shapes.b)];
      const multiply = () => tf.matMul(a, b, product.layout === "TN", product.layout === "NT");
      const contender = timed(this.name, clock, () => multiply().dispose());
      return {
        name: this.name,
        async time(repeats) {
          await use(); // the other backend may have had its turn
          return contender.time(repeats);
        },
        async result() {
          await use();
          return multiply().dataSync();
        },
        async release() {
          await use();
          a.dispose();
          b.dispose();
        },
      };
    },
  };
}
