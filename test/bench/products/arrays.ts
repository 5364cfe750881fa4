import { timed } from "../measure.js";
import { flopsOf, operands, type ProductPeer } from "./product.js";

export interface Mathjs {
  multiply(a: number[][], b: number[][]): number[][];
}
export interface MlMatrix {
  Matrix: new (values: number[][]) => { mmul(other: unknown): { to1DArray(): number[] } };
}

const rowsOf = (values: Float32Array, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, i) =>
    Array.from(values.subarray(i * columns, (i + 1) * columns)),
  );

/** Libraries that multiply plain matrices, kept as arrays of rows. */
export function arrayProducts(mathjs: Mathjs, { Matrix }: MlMatrix): ProductPeer[] {
  const peer = (
    name: string,
    most: number,
    multiply: (a: number[][], b: number[][]) => () => number[],
  ): ProductPeer => ({
    name,
    wasm: false,
    can: (product) => product.batch === 1 && product.layout === "NN" && flopsOf(product) <= most,
    prepare(product, clock) {
      const { a, b } = operands(product);
      const run = multiply(rowsOf(a, product.k), rowsOf(b, product.n));
      return { ...timed(name, clock, run), result: () => Float32Array.from(run()) };
    },
  });
  return [
    peer("ml-matrix", 2 * 256 ** 3, (a, b) => {
      const [left, right] = [new Matrix(a), new Matrix(b)];
      return () => left.mmul(right).to1DArray();
    }),
    peer("mathjs", 2 * 128 ** 3, (a, b) => () => mathjs.multiply(a, b).flat()),
  ];
}
