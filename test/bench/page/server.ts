import { createReadStream, existsSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { rolldown } from "rolldown";
import type { Report } from "./report.js";

const here = import.meta.dirname;
const modules = path.join(here, "../node_modules");
/** Where the libraries' WebAssembly files are. */
const WASM = ["@tensorflow/tfjs-backend-wasm/dist", "onnxruntime-web/dist"].map((folder) => path.join(modules, folder));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".wasm": "application/wasm" };

/** The page's program with all it imports, as one script. */
async function script(): Promise<string> {
  const bundle = await rolldown({
    input: path.join(here, "page.ts"),
    platform: "browser",
    resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
    logLevel: "silent", // a library that asks whether it is in Node imports Node's modules there, never here
  });
  const { output } = await bundle.generate({ codeSplitting: false, minify: true });
  await bundle.close();
  return output[0].code;
}

/** Serves the page on this machine alone, cross-origin isolated: its clock is finer there. Calls `take` with what it reports.
 *  @returns its address, and how to end */
export async function servePage(take: (report: Report) => void): Promise<{ url: URL; stop: () => void }> {
  const code = await script();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "POST") {
      void bodyOf(request).then((body) => {
        response.writeHead(204).end();
        take(JSON.parse(body) as Report);
      });
      return;
    }
    const name = pathname === "/" ? "index.html" : path.basename(pathname);
    const file = [here, ...WASM].map((folder) => path.join(folder, name)).find((at) => existsSync(at));
    const type = TYPES[path.extname(name) as keyof typeof TYPES];
    if (name !== "page.js" && (!file || !type)) return void response.writeHead(404).end();
    response.writeHead(200, {
      "Content-Type": type,
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    });
    if (name === "page.js") response.end(code);
    else createReadStream(file!).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`), stop };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
