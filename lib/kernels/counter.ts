/**
 * What the matmuls really executed, counted at the only door to them; one multiply-add is 2 FLOPs.
 * A mixture of experts that computed all experts and masked would show here as rows.
 */
export const counter = {
  /** FLOPs that ran in WebAssembly. */
  wasmFlops: 0,
  /** FLOPs that ran in the TypeScript twin. */
  typescriptFlops: 0,
  /** Rows of A over all products: m·batch. */
  rows: 0,
  /** Calls with something to compute. */
  calls: 0,
};

/** Sets all counts to zero. */
export function resetCounter(): void {
  counter.wasmFlops = 0;
  counter.typescriptFlops = 0;
  counter.rows = 0;
  counter.calls = 0;
}
