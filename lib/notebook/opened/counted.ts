/** A count from the config beside what the files really hold. */

import { account, type Account } from "../../account/account.js";
import { grouped } from "../../account/text/numbers.js";
import { ConfigError } from "../../account/config/errors.js";
import type { Checkpoint } from "../../nn/state/checkpoint.js";
import type { Config } from "../../models/pretrained/config.js";
import { sizeOf } from "../../tensor/check.js";

export interface Counted {
  /** Null where no count can be made of the config; `sentence` says why. */
  readonly account: Account | null;
  /** Numbers in the files, but not in the count; negative where the files lack some. Null without a count, and for quantized
   *  weights, of which several share a stored number. */
  readonly difference: bigint | null;
  readonly sentence: string;
}

/** Buffers that old files hold and every library computes, and a head that is the embedding again. */
const COMPUTED = /\.rotary_emb\.inv_freq$|\.attn\.(masked_)?bias$/;

export function countedBeside(config: Config, { tensors }: Pick<Checkpoint, "tensors">): Counted {
  let found: Account;
  try {
    found = account(config, { file: "config.json" });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { account: null, difference: null, sentence: error.message };
  }
  const quantized = [...tensors].find(([, { dtype }]) => !/^(F64|F32|F16|BF16)$/.test(dtype));
  if (quantized) {
    const [name, { dtype }] = quantized;
    const sentence = `not compared with the files, which hold other numbers than parameters: ${name} is ${dtype}`;
    return { account: found, difference: null, sentence };
  }
  const isHead = (name: string): boolean => found.tied && name === "lm_head.weight";
  let inFiles = 0n;
  for (const [name, { shape }] of tensors) if (!COMPUTED.test(name) && !isHead(name)) inFiles += BigInt(sizeOf(shape));
  const wanted = found.total + found.buffers.total;
  const ahead = found.beside.reduce((sum, { inCheckpoint }) => sum + inCheckpoint, 0n);
  const difference = inFiles - wanted;
  return { account: found, difference, sentence: sentenceOf(difference, ahead, found.buffers.total) };
}

function sentenceOf(difference: bigint, ahead: bigint, buffers: bigint): string {
  const also = buffers > 0n ? `, with ${grouped(buffers)} numbers that are saved but not trained` : "";
  if (difference === 0n) return `the files hold exactly these parameters${also}`;
  if (ahead > 0n && difference === ahead)
    return `the files hold exactly these${also}, and ${grouped(ahead)} more that predict further tokens`;
  return difference > 0n
    ? `the files hold ${grouped(difference)} numbers more than config.json makes`
    : `the files hold ${grouped(-difference)} numbers fewer than config.json makes`;
}
