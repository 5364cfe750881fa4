/** `twinformer fit`: does it fit, up to which batch and length, and if not, what then? */

import { sentence } from "../../text/show.js";
import { prose, TIED } from "../../account/text/lines.js";
import { bytes, grouped, percent } from "../../account/text/numbers.js";
import type { Device } from "../../cost/devices/index.js";
import { expertsOnHost } from "../../cost/offload/onHost.js";
import type { Capacity } from "../../cost/roofline/capacity.js";
import { fit } from "../../cost/roofline/fit.js";
import type { Options } from "../options.js";
import type { Counted } from "../source.js";
import { beyond, heading } from "./heading.js";
import { asked } from "./report.js";

const tied = (text: string): string => text.replaceAll(" ", TIED);

/** One sentence: what is needed, and what is there. */
export function fitsText({ fits, weights, cache, memory, left }: Capacity, device: Device, options: Options): string {
  const need = `weights ${tied(bytes(weights))} and cache ${tied(bytes(cache))} in ${tied(bytes(memory))}, ${tied(percent(memory / device.memory / options.devices))} of the memory`;
  return sentence(
    fits
      ? `it fits: ${need}; ${tied(bytes(left))} are left`
      : `it does not fit: ${need}; ${tied(bytes(-left))} are missing`,
  );
}

export function fitText(counted: Counted, device: Device, options: Options, width: number): string {
  const { account: a } = counted;
  const { capacity, batch, context, devices } = fit(a, device, asked(options));
  const one = options.devices === 1;
  const rows = [
    ["fits", fitsText(capacity, device, options)],
    [
      "batch",
      `${endless(batch, "any number of texts")} of ${grouped(options.tokens)} tokens at the same time, at most`,
    ],
    [
      "length",
      `${endless(context, "any number of")} tokens in each of ${textsOf(options.batch)}, at most${beyond(counted, context)}`,
    ],
    ["devices", needed(devices, device, options)],
  ];
  if (one && !capacity.fits && a.moeLayers > 0) rows.push(["experts", onHost(counted, device, options)]);
  return [heading(counted, device, options, width), prose(rows, width)].join("\n\n");
}

const textsOf = (batch: number): string => (batch === 1 ? "one text" : `${grouped(batch)} texts`);
const endless = (value: number, words: string): string => (Number.isFinite(value) ? grouped(value) : words);

function needed(devices: number | null, device: Device, { batch, tokens }: Options): string {
  const what = `${textsOf(batch)} of ${grouped(tokens)} tokens`;
  if (devices === null) return `${device.name} has no link to others of its kind, and one does not hold ${what}`;
  return `${grouped(devices)} × ${device.name} hold${devices === 1 ? "s" : ""} the model and ${what}`;
}

/** What to move to the host's memory. */
function onHost({ account: a }: Counted, device: Device, options: Options): string {
  const { layers, of, perLayer, nCpuMoe } = expertsOnHost(a, device, asked(options));
  if (layers === null) return `even with the experts of all ${of} layers in the host's memory the rest does not fit`;
  const where = device.host === null ? "on the disk, as its host has no other memory" : "in the host's memory";
  return `with those of ${layers} of ${of} layers ${where} (${tied(bytes(layers * perLayer))}) the rest fits; llama.cpp: --n-cpu-moe ${nCpuMoe}`;
}
