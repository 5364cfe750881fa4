/** What `cost` and `fit` say of one model, as data. */

import { bound, type Bound } from "../../cost/roofline/bound.js";
import { fit } from "../../cost/roofline/fit.js";
import { expertsTouched } from "../../cost/coverage.js";
import { expertsOnHost } from "../../cost/offload/onHost.js";
import type { Device } from "../../cost/devices/index.js";
import { flops } from "../../cost/flops/flops.js";
import type { Options } from "../options.js";
import type { Counted } from "../source.js";

/** What the command line names, for the library. */
export const asked = ({ tokens: context, batch, kvDtype, dtype, devices }: Options) => ({
  context,
  batch,
  kvDtype,
  dtype,
  devices,
});

/** "bfloat16", or "4.85 bits". */
export const formatName = ({ dtype }: Options): string =>
  typeof dtype === "object" ? `${dtype.bits} bits` : dtype === "shipped" ? "as shipped" : dtype;

/** Bounds of both phases; an encoder writes nothing, and has no decode. */
export function boundsOf(
  { account: a }: Counted,
  device: Device,
  options: Options,
  touched: "uniform" | "fewest" = "uniform",
): [Bound] | [Bound, Bound] {
  const prefill = bound(a, device, { phase: "prefill", ...asked(options), touched });
  if (a.caches.length === 0) return [prefill];
  return [prefill, bound(a, device, { phase: "decode", ...asked(options), touched })];
}

/** Tokens/s of each of these phases that no routing exceeds: with all tokens at the same experts. */
export const mostOf = (counted: Counted, device: Device, options: Options): number[] =>
  boundsOf(counted, device, options, "fewest").map(({ tokensPerSecond }) => tokensPerSecond);

const BATCHES = [1, 4, 16, 64, 256, 1024];

export interface BatchRow {
  readonly batch: number;
  /** On average, of one layer. */
  readonly experts: number;
  readonly bound: Bound;
}

/** Decode at several batch sizes. */
export const byBatch = ({ account: a }: Counted, device: Device, options: Options): BatchRow[] =>
  a.caches.length === 0
    ? []
    : BATCHES.map((batch) => ({
        batch,
        experts: expertsTouched(a.experts.total, a.experts.topK, batch),
        bound: bound(a, device, { phase: "decode", ...asked(options), batch }),
      }));

/** What was asked, for --json. */
const question = ({ account, name }: Counted, device: Device, options: Options): Record<string, unknown> => ({
  name,
  model_type: account.modelType,
  device: device.name,
  devices: options.devices,
  batch: options.batch,
  context: options.tokens,
});

/** The object that `cost --json` prints. */
export function costJson(counted: Counted, device: Device, options: Options): Record<string, unknown> {
  const { account: a } = counted;
  const [prefill, decode = null] = boundsOf(counted, device, options);
  const [mostPrefill, mostDecode = null] = mostOf(counted, device, options);
  const rows = (phase: "prefill" | "decode") => flops(a, { phase, context: options.tokens, batch: options.batch }).rows;
  return {
    ...question(counted, device, options),
    dtype: typeof options.dtype === "object" ? { ...options.dtype } : options.dtype,
    kv_dtype: options.kvDtype,
    prefill: phaseJson(prefill, rows("prefill"), mostPrefill),
    decode: decode && phaseJson(decode, rows("decode"), mostDecode),
    decode_by_batch: byBatch(counted, device, options).map(({ batch, experts, bound: own }) => ({
      batch,
      expertsTouched: experts,
      expertBytes: own.bytes.experts,
      tokensPerSecond: own.tokensPerSecond,
      bound: own.bound,
      fits: own.capacity.fits,
    })),
    capacity: { ...prefill.capacity },
    sources: device.sources.map((source) => ({ ...source })),
    notes: a.notes,
  };
}

const phaseJson = (
  { phase: _, device: _device, devices: _devices, capacity: _capacity, flops: total, bytes, limits, ...own }: Bound,
  rows: readonly object[],
  most: number | null,
): Record<string, unknown> => ({
  ...own,
  tokensPerSecondAtMost: most,
  flops: total,
  flopsByComponent: rows,
  bytes: { ...bytes },
  limits: { ...limits },
});

/** The object that `fit --json` prints: null for what has no end, as JSON has no Infinity. */
export function fitJson(counted: Counted, device: Device, options: Options): Record<string, unknown> {
  const { account: a } = counted;
  const { capacity, batch, context, devices } = fit(a, device, asked(options));
  const onHost = expertsOnHost(a, device, asked(options));
  return {
    ...question(counted, device, options),
    fits: capacity.fits,
    memory_bytes: capacity.memory,
    weight_bytes: capacity.weights,
    cache_bytes: capacity.cache,
    left_bytes: capacity.left,
    largest_batch: Number.isFinite(batch) ? batch : null,
    largest_context: Number.isFinite(context) ? context : null,
    devices_needed: devices,
    layers_with_experts_on_host: onHost.layers,
    n_cpu_moe: onHost.nCpuMoe,
    notes: a.notes,
  };
}
