/** The plain TypeScript twin of every row kernel: what runs without WebAssembly, and what the Rust ones are tested against. */

import type { RowKernels } from "../rows.js";
import * as activations from "./activations.js";
import { adam } from "./adam.js";
import * as combine from "./combine.js";
import * as elementwise from "./elementwise.js";
import * as lookup from "./lookup.js";
import * as norm from "./norm.js";
import * as softmax from "./softmax.js";
import * as sums from "./sums.js";

export const rowsReference: RowKernels = {
  ...activations,
  ...elementwise,
  ...softmax,
  ...norm,
  ...sums,
  ...lookup,
  ...combine,
  adam,
};
