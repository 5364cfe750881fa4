/** What weights take in a format: one of `twinformer/account`, or what the config's own quantization makes of them. */

import { checkNumbers } from "../../config/options.js";
import {
  type Account,
  type Dtype,
  type DtypeName,
  dtypeOf,
  type Stored,
  storedTensors,
  tensorBytes,
  tensors,
} from "../account.js";

/** A format by name; "shipped", what the config itself says, or bfloat16 where it says nothing; or so many bits for each parameter,
 *  as for a GGUF file: its size in bits / its parameters. */
export type WeightFormat = DtypeName | "shipped" | { readonly bits: number };

/** Each tensor with its bytes in that format. @param operation what a sentence names that refuses it */
export function storedAs(counted: Account, format: WeightFormat, operation: string): Stored[] {
  const all = tensors(counted.tree);
  if (typeof format === "object") {
    checkNumbers(operation, { bits: format.bits }, { above: 0 });
    return all.map((tensor) => row(tensor, `${format.bits} bits`, (Number(tensor.total) * format.bits) / 8));
  }
  if (format === "shipped") {
    const shipped = storedTensors(counted);
    if (shipped?.stored) return [...shipped.stored];
    if (shipped)
      throw new RangeError(
        `${operation}: ${shipped.notes[0] ?? "the quantization is not known"}; name a dtype such as "fp8" instead`,
      );
    return storedAs(counted, "bfloat16", operation);
  }
  const dtype: Dtype = dtypeOf(operation, format);
  const bytes = tensorBytes(counted, dtype);
  return all.map((tensor) => {
    const own = bytes(tensor);
    // The 4-bit formats leave embeddings, head, norms and routers in bfloat16.
    return row(tensor, own === 2 * Number(tensor.total) ? "bfloat16" : dtype, own);
  });
}

const row = (tensor: Stored["tensor"], dtype: string, bytes: number): Stored => ({
  tensor,
  dtype,
  parameters: tensor.total,
  bytes,
});

/** Bytes of routed experts, and of all else. */
export function weightBytes(
  counted: Account,
  format: WeightFormat,
  operation: string,
): { experts: number; others: number } {
  const sum = { experts: 0, others: 0 };
  for (const { tensor, bytes } of storedAs(counted, format, operation))
    sum[tensor.choice === null ? "others" : "experts"] += bytes;
  return sum;
}
