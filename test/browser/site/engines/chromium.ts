import { chromium } from "playwright-core";
import { callOf, type Engine } from "./engine.js";

export async function openChromium(executablePath: string): Promise<Engine> {
  const browser = await chromium.launch({
    ...{ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] },
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }, // who starts it says what ends it
  });
  return {
    name: "chromium",
    version: `Chromium ${browser.version()}`,
    async open(address) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      await page.goto(address);
      return {
        run: (work, ...given) => page.evaluate(callOf(work, given)),
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}
