import { timed } from "../measure.js";
import { operands, storedShapes, type ProductPeer } from "./product.js";

/** The part of jax-js that multiplies. A call takes its operands away: `ref` is "I need it again". */
export interface JaxProducts {
  numpy: {
    array(values: Float32Array): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    matrixTranspose(a: JaxArray): JaxArray;
  };
  jit<F>(f: F): F;
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): void;
}
interface JaxArray {
  readonly ref: JaxArray;
  reshape(shape: number[]): JaxArray;
  dataSync(): Float32Array;
  dispose(): void;
}

/** jax-js on WebAssembly, compiled by its `jit`. A run ends in a copy of the result, since nothing else waits for it in a
 *  synchronous way; beside the product that is little. */
export async function jaxProducts({ numpy, ...jax }: JaxProducts): Promise<ProductPeer> {
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const name = "jax-js";
  return {
    name,
    wasm: true,
    prepare(product, clock) {
      const [values, shapes] = [operands(product), storedShapes(product)];
      const [a, b] = [numpy.array(values.a).reshape(shapes.a), numpy.array(values.b).reshape(shapes.b)];
      const multiply = jax.jit((left: JaxArray, right: JaxArray) =>
        numpy.matmul(
          product.layout === "TN" ? numpy.matrixTranspose(left) : left,
          product.layout === "NT" ? numpy.matrixTranspose(right) : right,
        ),
      );
      const result = () => multiply(a.ref, b.ref).dataSync();
      const release = () => [a, b].forEach((each) => each.dispose());
      return { ...timed(name, clock, result), result, release };
    },
  };
}
