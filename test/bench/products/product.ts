/** The matrix products of the suites `matmul` and `browser`, and what a library has to offer to be timed on them. */
import type { Clock, TimedContender } from "../measure.js";

/** C = A·B, `batch` times. A is stored as [m, k] or, with layout TN, as [k, m]; B as [k, n] or, with NT, as [n, k]. */
export interface Product {
  title: string;
  m: number;
  k: number;
  n: number;
  batch: number;
  layout: "NN" | "NT" | "TN";
}

const product = (m: number, k: number, n: number, batch = 1, layout: Product["layout"] = "NN"): Product => ({
  title: `${m}x${k}x${n}${batch > 1 ? `, ${batch}` : ""}${layout === "NN" ? "" : ` ${layout}`}`,
  ...{ m, k, n, batch, layout },
});

export const products: readonly Product[] = [
  ...[64, 128, 256, 512, 1024].map((n) => product(n, n, n)),
  product(256, 128, 512),
  product(1024, 64, 64),
  product(1024, 64, 256), // feed-forward of performance.md's training step: N = 1024 tokens, D = 64, F = 256
  product(1024, 256, 64),
  product(256, 256, 256, 1, "NT"),
  product(256, 256, 256, 1, "TN"),
  product(1024, 256, 64, 1, "NT"),
  product(64, 1024, 256, 1, "TN"),
  product(64, 16, 64, 64, "NT"), // attention scores, 64 heads of 16
  product(64, 64, 16, 64), // attention output
  product(192, 128, 256), // one expert's tokens
  product(1, 128, 512), // decoding: one token
  product(8, 128, 512),
];

/** The products of --shape, written as titles with ";" between them; or all of the list. */
export function chosen(titles: string | undefined): readonly Product[] {
  return titles === undefined ? products : titles.split(";").map((title) => parsed(title.trim()));
}

function parsed(title: string): Product {
  const [, m, k, n, batch = "1", layout = "NN"] = FORM.exec(title) ?? [];
  if (n !== undefined) return product(Number(m), Number(k), Number(n), Number(batch), layout as Product["layout"]);
  throw new Error(`"${title}" is no product: write m×k×n, a batch and a layout like ${EXAMPLES}`);
}
const FORM = /^([1-9]\d{0,4})x([1-9]\d{0,4})x([1-9]\d{0,4})(?:, ([1-9]\d{0,3}))?(?: (NN|NT|TN))?$/;
const EXAMPLES = '"256x128x512", "64x16x64, 64" or "64x16x64, 64 NT"';

export const flopsOf = ({ m, k, n, batch }: Product): number => 2 * m * k * n * batch;

/** The shapes in which A and B are stored, with the batch in front where there is one. */
export function storedShapes({ m, k, n, batch, layout }: Product): { a: number[]; b: number[]; c: number[] } {
  const of = (...shape: number[]) => (batch > 1 ? [batch, ...shape] : shape);
  return { a: layout === "TN" ? of(k, m) : of(m, k), b: layout === "NT" ? of(n, k) : of(k, n), c: of(m, n) };
}

/** Numbers in [-1, 1) that look like none in particular; products_python.py makes the same. */
export const numbers = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => ((i * 2_654_435_761) % 4096) / 2048 - 1);

export const operands = ({ m, k, n, batch }: Product) => ({ a: numbers(batch * m * k), b: numbers(batch * k * n) });

/** A product that waits to be timed. */
export interface Prepared extends TimedContender {
  /** C of the last run. */
  result: () => Float32Array | Promise<Float32Array>;
  release?: () => unknown;
}

/** A library that multiplies matrices. */
export interface ProductPeer {
  name: string;
  /** Does it compute in WebAssembly, on one thread? Such peers are what ours is held against. */
  wasm: boolean;
  /** Which products it can do in a time that one waits for; without this, all. */
  can?: (product: Product) => boolean;
  prepare: (product: Product, clock: Clock) => Prepared | Promise<Prepared>;
  stop?: () => void;
}
