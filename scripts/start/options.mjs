import { existsSync } from "node:fs";
import { BlockList, isIP } from "node:net";
import path from "node:path";
import { parseArgs } from "node:util";
import { Problem } from "../setup/run.mjs";

export const usage = `npm start -- [options]     opens JupyterLab on my-notebooks/, your copy of notebooks/

  --no-browser   start the server only and print its address
  --port N       listen on port N (default: 8888, or the next free one)
  --host H       listen on address H (default: 127.0.0.1, reachable from this machine alone)
  --token T      the secret in the address (default: a new random one each time). Every user of this machine can see
                 what a command was given: set the environment variable TWINFORMER_TOKEN instead
  --fresh NAME   take the original of a notebook again, such as 04-routing; your version is kept beside it
  --folder DIR   open another folder than my-notebooks/ (below the clone, so that imports of the package resolve)
  --playground   instead of JupyterLab, the page in which both twins train, on this machine alone
  --help         print this`;

const own = new BlockList();
own.addSubnet("127.0.0.0", 8);
own.addAddress("::1", "ipv6");

/** Does `host` lead to this machine alone? A name other than localhost may mean anything, whatever it looks like. */
export function loopback(host) {
  const version = host.includes("%") ? 0 : isIP(host); // "::1%eth0" is an address of a network card
  return version === 0 ? /^localhost\.?$/i.test(host) : own.check(host, `ipv${version}`);
}

/** Parses the command line: { browser, port (null: any from 8888 on), host, token (null: a random one), folder, fresh, help, warning
 *  (null: none) }. folder is null for the copies of notebooks/, whose names in `fresh` are to be taken again. */
export function parseOptions(args, env = process.env) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        "no-browser": { type: "boolean" },
        port: { type: "string" },
        host: { type: "string", default: "127.0.0.1" },
        token: { type: "string" },
        folder: { type: "string" },
        fresh: { type: "string", multiple: true, default: [] },
        playground: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    throw new Problem(`npm start: ${error.message.split(". ")[0]}.\n\n${usage}`);
  }
  const { help = false, playground } = values;
  const others = ["token", "folder", "fresh"].filter(
    (name) => values[name] !== undefined && !(Array.isArray(values[name]) && values[name].length === 0),
  );
  if (values.host !== "127.0.0.1") others.push("host");
  if (playground && others.length > 0)
    throw new Problem(`npm start: --playground is a page for this machine alone, so it goes without --${others[0]}.`);
  const host = values.host.replace(/^\[(.*)\]$/, "$1"); // [::1], as in an address of the web
  const token = values.token ?? (env.TWINFORMER_TOKEN || null);
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new Problem(`npm start: --port must be an integer from 1 to 65535, not "${values.port}".`);
  }
  if (token === "" && !loopback(host)) {
    throw new Problem(
      `npm start: --host ${host} with an empty --token would let anybody on the network run programs here: give a token.`,
    );
  }
  const folder = values.folder === undefined ? null : path.resolve(values.folder);
  if (folder && values.fresh.length > 0)
    throw new Problem("npm start: --fresh is about my-notebooks/, so it goes without --folder.");
  if (folder && !existsSync(folder)) throw new Problem(`npm start: there is no folder ${folder}.`);
  const warning = values.token
    ? "npm start: every user of this machine can see the --token: set the environment variable TWINFORMER_TOKEN instead."
    : null;
  return { browser: !values["no-browser"], port, host, token, folder, fresh: values.fresh, playground, help, warning };
}
