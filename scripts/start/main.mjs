import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { seconds } from "../setup/run.mjs";
import { setup } from "../setup.mjs";
import { parseOptions, usage } from "./options.mjs";
import { choosePort } from "./port.mjs";
import { startServer } from "./server.mjs";

/** Sets the clone up, starts JupyterLab and stays until it ends. */
export async function start(args) {
  const options = parseOptions(args);
  if (options.help) return console.log(usage);
  if (options.warning) console.error(options.warning);
  const since = performance.now();
  const { host, browser, folder } = options;
  await choosePort(host, options.port); // before the long steps: a port in use should not cost minutes
  const token = options.token ?? randomBytes(24).toString("hex");
  const { python } = await setup({ python: true });
  const port = await choosePort(host, options.port); // after them, for meanwhile another start may have taken it

  const server = startServer({ python, host, port, strictPort: options.port !== null, token, browser, folder });
  process.stdout.on("error", () => {}); // a terminal that was closed takes no last words; the kernels are ended all the same
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => server.stop());
  const url = await server.answers();
  if (url) {
    console.log(`\nJupyterLab answers after ${seconds(since)} at\n\n  ${url}\n`);
    const first = "00-twins.ipynb";
    if (existsSync(path.join(folder, first))) console.log(`Open ${first} there. Ctrl-C here ends it.`);
  }
  process.exit(await server.ended);
}
