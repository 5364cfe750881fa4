import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { Problem, root } from "../setup/run.mjs";

export const usage = `npm start -- [options]     opens JupyterLab on notebooks/

  --no-browser   start the server only and print its address
  --port N       listen on port N (default: 8888, or the next free one)
  --host H       listen on address H (default: 127.0.0.1, reachable from this machine alone)
  --token T      the secret in the address (default: a new random one each time)
  --folder DIR   open another folder than notebooks/ (below the clone, so that imports of the package resolve)
  --help         print this`;

const loopback = (host) => host === "localhost" || host === "::1" || /^127\./.test(host);

/** Parses the command line: { browser, port (null: any from 8888 on), host, token (null: a random one), folder, help }. */
export function parseOptions(args) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        "no-browser": { type: "boolean" },
        port: { type: "string" },
        host: { type: "string", default: "127.0.0.1" },
        token: { type: "string" },
        folder: { type: "string", default: path.join(root, "notebooks") },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    throw new Problem(`npm start: ${error.message.split(". ")[0]}.\n\n${usage}`);
  }
  const { host, token = null, help = false } = values;
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new Problem(`npm start: --port needs a whole number from 1 to 65535, not "${values.port}".`);
  }
  if (token === "" && !loopback(host)) {
    throw new Problem(
      `npm start: --host ${host} with an empty --token would let anybody on the network run programs here: give a token.`,
    );
  }
  const folder = path.resolve(values.folder);
  if (!existsSync(folder)) throw new Problem(`npm start: there is no folder ${folder}.`);
  return { browser: !values["no-browser"], port, host, token, folder, help };
}
