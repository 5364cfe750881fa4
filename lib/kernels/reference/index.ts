/** The plain TypeScript twin of every row kernel: what runs without WebAssembly, and what the Rust ones are tested against. */

import type { RowKernels } from "../rows/types.js";
import { adam } from "./adam.js";
import * as combine from "./combine.js";
import * as elementwise from "./elementwise.js";
import * as lookup from "./lookup.js";
import * as norm from "./norm.js";
import * as softmax from "./softmax.js";
import * as sums from "./sums.js";
import { unary } from "./unary.js";

export const rowsReference: RowKernels = {
  ...unary,
  ...elementwise,
  ...softmax,
  ...norm,
  ...sums,
  ...lookup,
  ...combine,
  adam,
};
