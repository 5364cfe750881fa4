/** The table of devices. An own one is an object of the same form. */

import { show } from "../../text/show.js";
import { datacenter } from "./datacenter.js";
import { desktop } from "./desktop.js";
import { personal } from "./personal.js";
import type { Device } from "./types.js";

export type { Device, DeviceSource, PeakFormat } from "./types.js";

/** All devices that are known by name, each with its sources. */
export const devices: readonly Device[] = [...datacenter, ...personal, ...desktop];

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** The device of that name, small letters, spaces and dashes aside; undefined where the table has none.
 *  @example
 *  ```ts
 *  import { findDevice } from "twinformer/cost";
 *
 *  console.log(findDevice("h100")?.bandwidth); // 3350000000000 bytes a second
 *  ```
 */
export const findDevice = (name: string): Device | undefined =>
  devices.find((device) => [device.name, ...(device.aliases ?? [])].some((own) => plain(own) === plain(name)));

/** A device or its name. @param operation what a sentence names that refuses it */
export function deviceOf(operation: string, device: Device | string): Device {
  if (typeof device === "object") return device;
  const found = findDevice(device);
  if (!found)
    throw new RangeError(
      `${operation}: device must be one of ${devices.map(({ name }) => name).join(", ")}, or an object of that form, got ${show(device)}`,
    );
  return found;
}
