/** The three browsers, where this machine has them. */

import { findChromium } from "../../../../scripts/test/chromium.mjs";
import { findFirefox, findWebKit } from "../../../../scripts/test/engines.mjs";
import { openChromium } from "./chromium.js";
import type { Engine, EngineName } from "./engine.js";
import { openFirefox } from "./firefox.js";
import { openWebKit } from "./webkit.js";

export { type Engine, type EngineName, engineNames, type OpenPage } from "./engine.js";

interface Known {
  /** What to install on Debian. */
  readonly packages: string;
  /** Null where it is not installed. */
  readonly open: (() => Promise<Engine>) | null;
}

export function engines(): Readonly<Record<EngineName, Known>> {
  const [chromium, firefox, webkit] = [findChromium(), findFirefox(), findWebKit()];
  return {
    chromium: { packages: "chromium", open: chromium ? () => openChromium(chromium) : null },
    firefox: { packages: "firefox-esr", open: firefox ? () => openFirefox(firefox) : null },
    webkit: { packages: "webkit2gtk-driver xvfb", open: webkit ? () => openWebKit(webkit) : null },
  };
}
