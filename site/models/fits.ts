/** Which devices hold it, with how many texts, and how fast they can be at most. */

import { type Account, bytes, grouped, shippedWeights } from "twinformer/account";
import { bound, type Device, devices, fit, type WeightFormat } from "twinformer/cost";
import { explainedIn } from "./cells.js";
import { html, type Html, linked, listOf, type Section, tableOf } from "./html.js";
import { isEncoder, lengthOf, type Subject } from "./subject.js";

/** The format that the config names, or 16 bits where it names none that is known here; and its name in a sentence. */
export function storable(counted: Account): { readonly dtype: WeightFormat; readonly said: string } {
  const shipped = shippedWeights(counted);
  if (shipped?.method != null && shipped.bytes !== null)
    return { dtype: "shipped", said: `as shipped (${shipped.rows.map(({ dtype }) => dtype).join(" and ")})` };
  return { dtype: "bfloat16", said: "in 16 bits" };
}

interface Row {
  readonly cards: number | null;
  readonly texts: number;
  readonly longest: number;
  readonly speed: number | null;
}

function rowOf(counted: Account, device: Device, dtype: WeightFormat, context: number): Row {
  const { devices: cards } = fit(counted, device, { context, dtype });
  if (cards === null) return { cards, texts: 0, longest: 0, speed: null };
  const held = fit(counted, device, { context, dtype, devices: cards });
  const writes = !isEncoder(counted);
  const speed = writes
    ? bound(counted, device, { phase: "decode", context, dtype, devices: cards }).tokensPerSecond
    : null;
  return { cards, texts: held.batch, longest: held.context, speed };
}

const DASH = "–";
const some = (value: number): string => (value === Infinity ? "any" : grouped(value));
const tokens = (value: number, longest: number | null): string =>
  some(longest === null ? value : Math.min(value, longest));
const speedOf = (speed: number | null): string => (speed === null ? DASH : grouped(Number(speed.toPrecision(3))));

export function fitsOf(subject: Subject, up: string): Section | null {
  const { name, counted, longest } = subject;
  if (!counted) return null;
  const context = lengthOf(subject, 4096);
  const own = storable(counted);
  const formats = [own, { dtype: "int4", said: "in 4 bits" } as const];
  const tables = formats.map(({ dtype, said }) => {
    const rows = devices.map((device) => ({ device, row: rowOf(counted, device, dtype, context) }));
    const alone = rows.filter(({ row }) => row.cards === 1).map(({ device }) => device.name);
    const cells = rows.map(({ device, row }) => [
      device.name,
      bytes(device.memory),
      row.cards === null ? "does not fit" : String(row.cards),
      row.cards === null ? DASH : some(row.texts),
      row.cards === null ? DASH : tokens(row.longest, longest),
      speedOf(row.speed),
    ]);
    const heads = ["device", "#memory of one", "#how many", "#texts at once", "#longest text", "#tokens/s at most"];
    const summary =
      alone.length === 0
        ? `none of ${devices.length} devices holds it alone`
        : alone.length === devices.length
          ? `each of ${devices.length} devices holds it alone`
          : `${alone.length} of ${devices.length} devices hold it alone: ${alone.join(", ")}`;
    return { summary: `Weights ${said}: ${summary}.`, table: tableOf(`Weights ${said}`, heads, cells) };
  });
  const body = html`<p>${tables.map(({ summary }) => summary).join(" ")}</p>
    ${tables.map(({ table }) => table)}
    <p>
      How many it takes to hold the weights and one text of ${grouped(context)} tokens, where a tenth of the memory is
      left for all else; how many such texts these hold at the same time, and how long one text may be. The speed is a
      bound for one text: nothing that reads all it needs can be faster, and real programs are slower.
    </p>
    <p><a href="${up}models.html#devices">Where the devices' figures are from</a></p>
    ${explainedIn(up, ["held", "bound", "measured"])}`;
  return { id: "fits", title: `Where ${name} fits`, body };
}

/** For the index of the models: said once for all pages. */
export function sourcesOfDevices(): Html {
  return listOf(
    devices.map(
      ({ name, sources, note }) =>
        html`${name}: ${sources.map(({ address, read }) => html`${linked(address)} (read ${read}) `)}${note ?? ""}`,
    ),
  );
}
