/** Three kinds of bytes: weights, what is kept of texts, training. */

import {
  type Account,
  bytes,
  cacheBytes,
  cacheBytesPerToken,
  DTYPES,
  fineTuning,
  type FineTuningRow,
  fullFineTuning,
  grouped,
  shippedWeights,
  totalBytes,
  weightBytes,
} from "twinformer/account";
import { findDevice } from "twinformer/cost";
import { memoryBars, memoryByDtype } from "twinformer/plot";
import { explainedIn } from "./cells.js";
import { figureOf, html, type Html, type Section, tableOf } from "./html.js";
import { isEncoder, isPair, lengthOf, type Subject } from "./subject.js";

/** Memories that the bars are compared with. */
const SIZES = ["RTX-4090", "H100-SXM"];

export function weightsOf({ name, counted }: Subject, up: string): Section | null {
  if (!counted) return null;
  const rows = DTYPES.map((dtype) => ({ by: name, dtype, bytes: weightBytes(counted, dtype) }));
  const references = SIZES.flatMap((label) => {
    const device = findDevice(label);
    return device ? [{ value: device.memory, label }] : [];
  });
  const [wide, half, small] = (["float32", "bfloat16", "int4"] as const).map((dtype) => weightBytes(counted, dtype));
  const shipped = shippedWeights(counted);
  const own =
    shipped?.bytes != null && shipped.method !== null
      ? ` Its makers ship it in ${shipped.rows.map(({ dtype }) => dtype).join(" and ")} (${shipped.method}): ${bytes(shipped.bytes)}.`
      : "";
  const body = html`<p>
      All parameters must be held, whatever works on a token: ${bytes(half)} in 16 bits, ${bytes(wide)} in 32,
      ${bytes(small)} in 4 bits with their scales.${own}
    </p>
    ${figureOf(memoryByDtype(rows, { title: `Weights of ${name}, by number format`, references }))}
    ${tableOf(
      "Bytes of the weights (1 GB is 10⁹ bytes)",
      ["format", "#bytes", "#exactly"],
      rows.map((row) => [row.dtype, bytes(row.bytes), grouped(Math.round(row.bytes))]),
    )}
    ${explainedIn(up, ["weights", "held"])}`;
  return { id: "weights", title: "Bytes of the weights", body };
}

const LENGTHS = [1024, 4096, 32_768, 131_072];
const BATCHES = [1, 8, 32];

export function cacheOf(subject: Subject, up: string): Section | null {
  const { name, counted, longest } = subject;
  if (!counted) return null;
  const title = "Bytes of the cache, while it writes";
  if (isEncoder(counted))
    return {
      id: "cache",
      title,
      body: html`<p>${name} reads its input as a whole and writes no text, so it keeps no keys and values.</p>`,
    };
  const lengths = [...new Set(LENGTHS.map((tokens) => lengthOf(subject, tokens)))];
  const rows = lengths.map((tokens) => [
    `${grouped(tokens)} tokens`,
    ...BATCHES.map((batch) => bytes(cacheBytes(counted, { tokens, batch }))),
  ]);
  const each = bytes(cacheBytesPerToken(counted));
  const heads = BATCHES.map((batch) => `#${batch} text${batch > 1 ? "s" : ""}`);
  const most = lengths[lengths.length - 1];
  const full = cacheBytes(counted, { tokens: most });
  const times = full / weightBytes(counted, "bfloat16");
  const beside = `One text of ${grouped(most)} tokens keeps ${bytes(full)}, ${times < 0.01 ? "less than a hundredth" : `${Number(times.toPrecision(2))} times as much as all weights`}${times < 0.01 ? " of the weights" : ""} in 16 bits.`;
  const body = html`<p>
      For each token that was read or written it keeps ${each} in 16 bits${formsOf(counted)}.
      ${beside}${isPair(counted) ? " The text that is read and the one that is written are taken as equally long." : ""}
    </p>
    ${tableOf("Keys, values and states that are kept, in 16 bits", ["length", ...heads], rows)}
    ${longest === null ? html`` : html`<p>Its config has room for texts of ${grouped(longest)} tokens.</p>`}
    ${explainedIn(up, ["cache"])}`;
  return { id: "cache", title, body };
}

function formsOf({ caches }: Account): string {
  const words: Record<string, string> = {
    MHA: "a key and a value for each head",
    GQA: "keys and values that groups of heads share",
    MQA: "one key and one value for all heads",
    MLA: "one small vector in place of keys and values",
    state: "a state that does not grow",
  };
  const said = [
    ...new Set(
      caches.map(
        ({ form, window }) =>
          `${words[form] ?? form}${window === null ? "" : `, of the last ${grouped(window)} tokens`}`,
      ),
    ),
  ];
  return said.length > 0 ? `: ${said.join("; and ")}` : "";
}

const RANK = 16;

export function trainingOf({ name, counted }: Subject, up: string): Section | null {
  if (!counted) return null;
  const rows = ways(counted);
  const bars = rows.flatMap(({ method, memory }) => memory.map((part) => ({ by: method, ...part })));
  const [full, ...less] = rows;
  const times =
    less.length > 0
      ? ` With adapters of rank ${RANK} beside frozen weights ${less.map(({ method, total }) => `${method} takes ${bytes(total)}`).join(", ")}.`
      : "";
  const head: Html = html`<p>
    To train all parameters takes ${bytes(full.total)}:
    ${Number((full.total / weightBytes(counted, "bfloat16")).toPrecision(3))} times the weights in 16 bits, for
    gradients, a copy in 32 bits and Adam's two averages.${times} Activations come on top.
  </p>`;
  const body = html`${head} ${figureOf(memoryBars(bars, { title: `Training ${name}` }))}
  ${tableOf(
    `Bytes while training (adapters for queries and values, rank ${RANK}; activations left out)`,
    ["way", "#trained parameters", "#bytes", "#saved for a user"],
    rows.map((row) => [
      row.method === "full" ? "all parameters" : row.method,
      grouped(row.trained),
      bytes(row.total),
      bytes(row.saved),
    ]),
  )}
  ${explainedIn(up, ["training"])}`;
  return { id: "training", title: "Bytes while training", body };
}

/** All three ways, or the first alone where a model has no matrices of those names. */
function ways(counted: Account): Pick<FineTuningRow, "method" | "trained" | "memory" | "total" | "saved">[] {
  try {
    return fineTuning(counted, { rank: RANK });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const memory = fullFineTuning(counted);
    const saved = weightBytes(counted, "bfloat16");
    return [{ method: "full", trained: Number(counted.total), memory, total: totalBytes(memory), saved }];
  }
}
