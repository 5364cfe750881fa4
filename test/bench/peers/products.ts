import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** A library that multiplies plain matrices, m×k by k×n: makes the operands once, then multiplies. */
export interface ProductPeer {
  name: string;
  /** Beyond so many FLOPs a product it takes too long to be waited for. */
  most: number;
  prepare: (a: Float32Array, b: Float32Array, m: number, k: number, n: number) => () => void;
}

const rows = (values: Float32Array, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, i) =>
    Array.from(values.subarray(i * columns, (i + 1) * columns)),
  );

/** jax-js (where Node is new enough for it), ml-matrix and mathjs. */
export async function productPeers(): Promise<ProductPeer[]> {
  const require = createRequire(new URL("../package.json", import.meta.url));
  const load = async <T>(name: string): Promise<T> => (await import(pathToFileURL(require.resolve(name)).href)) as T;
  const mathjs = await load<{ multiply(a: number[][], b: number[][]): number[][] }>("mathjs");
  const { Matrix } = await load<{ Matrix: new (values: number[][]) => { mmul(other: unknown): unknown } }>("ml-matrix");
  const peers: ProductPeer[] = [
    {
      name: "ml-matrix",
      most: 2 * 256 ** 3,
      prepare(a, b, _m, k, n) {
        const [left, right] = [new Matrix(rows(a, k)), new Matrix(rows(b, n))];
        return () => left.mmul(right);
      },
    },
    {
      name: "mathjs",
      most: 2 * 128 ** 3,
      prepare(a, b, _m, k, n) {
        const [left, right] = [rows(a, k), rows(b, n)];
        return () => mathjs.multiply(left, right);
      },
    },
  ];
  if ("Iterator" in globalThis) peers.unshift(await jaxProducts(load));
  return peers;
}

interface Product {
  readonly ref: Product;
  reshape(shape: number[]): Product;
  dataSync(): Float32Array;
}

async function jaxProducts(load: <T>(name: string) => Promise<T>): Promise<ProductPeer> {
  const jax = await load<{
    numpy: { array(values: Float32Array): Product; matmul(a: Product, b: Product): Product };
    init(device: string): Promise<string[]>;
    defaultDevice(device: string): void;
  }>("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const { numpy } = jax;
  return {
    name: "jax-js",
    most: Infinity,
    prepare(a, b, m, k, n) {
      const [left, right] = [numpy.array(a).reshape([m, k]), numpy.array(b).reshape([k, n])];
      return () => numpy.matmul(left.ref, right.ref).dataSync();
    },
  };
}
