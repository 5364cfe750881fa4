import puppeteer from "puppeteer-core";
import { callOf, type Engine } from "./engine.js";

/** Milliseconds that Firefox may take for one answer on a busy machine. */
const PATIENCE = 300_000;

export async function openFirefox(executablePath: string): Promise<Engine> {
  const browser = await puppeteer.launch({
    ...{ browser: "firefox", executablePath, headless: true, protocol: "webDriverBiDi", protocolTimeout: PATIENCE },
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }, // who starts it says what ends it
    defaultViewport: { width: 1280, height: 900 },
  });
  return {
    name: "firefox",
    version: (await browser.version()).replace("/", " ").replace(/^firefox/, "Firefox"),
    async open(address) {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.goto(address, { timeout: PATIENCE });
      return {
        run: async (work, ...given) => (await page.evaluate(callOf(work, given))) as never,
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}
