/** The first lines of `cost` and `fit`. */

import { oneLine } from "../../text/printable.js";
import { prose } from "../../account/text/lines.js";
import { grouped } from "../../account/text/numbers.js";
import type { Device } from "../../cost/devices/index.js";
import type { Options } from "../options.js";
import type { Counted } from "../source.js";
import { formatName } from "./report.js";

/** Fields that say how long a text may be. */
const POSITIONS = ["n_positions", "max_position_embeddings", "n_ctx", "max_sequence_length"];

/** " (its config has 1,024 positions)" where these tokens are more; what fits the memory may be too long for the model. */
export function beyond({ account: { config } }: Counted, tokens: number): string {
  const found = POSITIONS.map((field) => config[field]).find((value) => Number.isSafeInteger(value));
  return typeof found === "number" && found > 0 && tokens > found
    ? ` (its config has ${grouped(found)} positions)`
    : "";
}

/** "Mixtral-8x7B on 2 × H100-SXM", and what is asked. */
export function heading(counted: Counted, device: Device, options: Options, width: number): string {
  const { devices, batch, tokens, kvDtype } = options;
  const { name } = counted;
  const where = devices === 1 ? device.name : `${grouped(devices)} × ${device.name}`;
  const texts = batch === 1 ? "one text" : `${grouped(batch)} texts`;
  return prose(
    [
      ["model", `${oneLine(name)} on ${where}`],
      [
        "asked",
        `${texts} of ${grouped(tokens)} tokens${beyond(counted, tokens)}; weights ${formatName(options)}, cache in ${kvDtype}`,
      ],
    ],
    width,
  );
}
