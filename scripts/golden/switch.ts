/** `switch/NAME.json` with `switch/NAME.safetensors`: the Switch layer, one case a pair. */

import { attempt, NotThere, type Outcome } from "./report.js";

export function runSwitch(file: string): Outcome[] {
  return [
    attempt(file, "switch", () => {
      throw new NotThere("the library has no Switch layer (top-1 with a capacity per sequence, z-loss) yet");
    }),
  ];
}
