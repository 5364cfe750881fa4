// A server for the pages, for this machine alone.
import { spawn } from "node:child_process";
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { Problem } from "../setup/run.mjs";

/** What a host says of a file. */
export const types = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".png": "image/png",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".pdf": "application/pdf",
  ".ipynb": "application/x-ipynb+json",
};

export const contentType = (file) => types[path.extname(file)] ?? "application/octet-stream";

/** The file that an address asks for; null where it is none of the folder. */
export function fileOf(folder, url) {
  let asked;
  try {
    asked = decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return null;
  }
  const file = path.join(folder, asked.endsWith("/") ? `${asked}index.html` : asked);
  if (asked.includes("\0") || !file.startsWith(folder + path.sep)) return null;
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : null;
}

/** Serves a folder until Ctrl-C. Port 0 takes any that is free. @param options.opens whether a browser may be opened */
export async function serve(folder, port, { opens = true } = {}) {
  const server = createServer((request, response) => {
    const file = fileOf(folder, request.url ?? "/");
    if (!file) return void response.writeHead(404, { "content-type": "text/plain" }).end("There is no such page.\n");
    response.writeHead(200, { "content-type": contentType(file) });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve, reject) => {
    server.on("error", ({ code }) =>
      reject(new Problem(`port ${port} cannot be used (${code}): name another with --port N.`)),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = `http://127.0.0.1:${server.address().port}/`;
  console.log(`${address}     Ctrl-C ends`);
  if (opens && process.stdout.isTTY && !process.env.CI) openInBrowser(address);
  await new Promise(() => {});
}

/** Shows an address to whoever sits at this machine. Where that is not to be had (a server, a container), the printed address is enough. */
function openInBrowser(address) {
  const [command, ...args] = { darwin: ["open"], win32: ["explorer"] }[process.platform] ?? ["xdg-open"];
  spawn(command, [...args, address], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}
