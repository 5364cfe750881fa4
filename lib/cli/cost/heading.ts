/** The first lines of `cost` and `fit`. */

import { oneLine } from "../../text/printable.js";
import { prose } from "../../account/text/lines.js";
import { grouped } from "../../account/text/numbers.js";
import type { Device } from "../../cost/devices/index.js";
import type { Options } from "../options.js";
import type { Counted } from "../source.js";
import { formatName } from "./report.js";

/** "Mixtral-8x7B on 2 × H100-SXM", and what is asked. */
export function heading({ name }: Counted, device: Device, options: Options, width: number): string {
  const { devices, batch, tokens, kvDtype } = options;
  const where = devices === 1 ? device.name : `${grouped(devices)} × ${device.name}`;
  const texts = batch === 1 ? "one text" : `${grouped(batch)} texts`;
  return prose(
    [
      ["model", `${oneLine(name)} on ${where}`],
      ["asked", `${texts} of ${grouped(tokens)} tokens; weights ${formatName(options)}, cache in ${kvDtype}`],
    ],
    width,
  );
}
