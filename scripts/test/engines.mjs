import { existsSync } from "node:fs";
import path from "node:path";

const { FIREFOX, MINIBROWSER, PATH = "" } = process.env;
const onPath = (...names) =>
  PATH.split(path.delimiter)
    .flatMap((folder) => names.map((name) => path.join(folder, name)))
    .find((file) => existsSync(file)) ?? null;

/** The Firefox to test with: the one that FIREFOX names, else the first on PATH; null if none. */
export function findFirefox() {
  if (FIREFOX) return existsSync(FIREFOX) ? FIREFOX : null;
  return onPath("firefox-esr", "firefox");
}

/** A WebKit to test with: WebKitGTK's driver, the small browser that comes with it, and a display for it; null where one is missing.
 *  MINIBROWSER names the browser where it is not where Debian has it. */
export function findWebKit() {
  const [driver, xvfb] = [onPath("WebKitWebDriver"), onPath("Xvfb")];
  const folders = ["/usr/lib", "/usr/lib64", "/usr/libexec"].flatMap((folder) =>
    ["", "x86_64-linux-gnu", "aarch64-linux-gnu"].map((machine) => path.join(folder, machine)),
  );
  const usual = folders.flatMap((folder) =>
    ["webkit2gtk-4.1", "webkitgtk-6.0", "webkit2gtk-4.0"].map((version) => path.join(folder, version, "MiniBrowser")),
  );
  const browser = MINIBROWSER ?? usual.find((file) => existsSync(file));
  return driver && xvfb && browser && existsSync(browser) ? { driver, browser, xvfb } : null;
}
