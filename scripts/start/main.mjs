import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { root, seconds } from "../setup/run.mjs";
import { setup } from "../setup.mjs";
import { updateCopies } from "./copies.mjs";
import { parseOptions, usage } from "./options.mjs";
import { choosePort } from "./port.mjs";
import { startServer } from "./server.mjs";

const aboutCopies = `You work in my-notebooks/, a copy of notebooks/ that is yours: change what you like. To get an original back, delete
your file and start again, or run npm start -- --fresh 04-routing. After an update (git pull), the next start brings
what you have not changed up to date, and puts a new original beside what you have.`;

/** Sets the clone up, starts JupyterLab and stays until it ends. */
export async function start(args) {
  const options = parseOptions(args);
  if (options.help) return console.log(usage);
  if (options.warning) console.error(options.warning);
  if (options.playground) return await startPlayground(options);
  const since = performance.now();
  const { host, browser, fresh } = options;
  await choosePort(host, options.port); // before the long steps: a port in use should not cost minutes
  const token = options.token ?? randomBytes(24).toString("hex");
  const { python } = await setup({ python: true });
  const copies = path.join(root, "my-notebooks");
  const news = options.folder ? [] : updateCopies({ originals: path.join(root, "notebooks"), copies, fresh });
  const folder = options.folder ?? copies;
  const first = existsSync(path.join(folder, "00-twins.ipynb")) ? "00-twins.ipynb" : undefined;
  const port = await choosePort(host, options.port); // after them, for meanwhile another start may have taken it

  const server = startServer({ python, host, port, strictPort: options.port !== null, token, browser, folder, first });
  process.stdout.on("error", () => {}); // a terminal that was closed takes no last words; the kernels are ended all the same
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => server.stop());
  const url = await server.answers();
  if (url) {
    console.log(`\nJupyterLab answers after ${seconds(since)} at\n\n  ${url}\n`);
    if (!options.folder) console.log(`${aboutCopies}\n`);
    for (const line of news) console.log(`${line}\n`);
    console.log("Ctrl-C here ends it.");
  }
  process.exit(await server.ended);
}

/** Makes the page of the playground and serves it until Ctrl-C. */
async function startPlayground({ port: wanted, browser }) {
  const port = await choosePort("127.0.0.1", wanted);
  const { python } = await setup({ python: true });
  // Only now: what these import was perhaps just installed.
  const [{ makePlayground }, { serve }] = await Promise.all([
    import("../site/playground.mjs"),
    import("../site/serve.mjs"),
  ]);
  const folder = await makePlayground(python);
  await serve(folder, port, { opens: browser });
}
