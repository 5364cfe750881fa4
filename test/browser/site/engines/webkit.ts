/** WebKit, by its WebDriver: plain HTTP. Each page is a session, and so a browser, of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { callOf, type Engine } from "./engine.js";

/** Milliseconds that a call in a page may take. */
const PATIENCE = 300_000;

export interface WebKitFiles {
  readonly driver: string;
  readonly browser: string;
  readonly xvfb: string;
}

interface Answer {
  readonly sessionId?: string;
  readonly capabilities?: { readonly browserVersion: string };
  readonly error?: string;
  readonly message?: string;
}

export async function openWebKit({ driver, browser, xvfb }: WebKitFiles): Promise<Engine> {
  const screen = await display(xvfb);
  const port = await freePort();
  const env = { ...process.env, DISPLAY: screen.name, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
  const program = spawn(driver, [`--port=${port}`], { env, stdio: "ignore" });
  const ask = asker(`http://127.0.0.1:${port}`);
  const endAtOnce = (): void => [program, screen.program].forEach((one) => one.kill());
  process.on("exit", endAtOnce);
  const close = async (): Promise<void> => {
    process.off("exit", endAtOnce);
    await Promise.all([ended(program), ended(screen.program)]);
  };
  const newSession = async (): Promise<{ id: string; version: string }> => {
    const options = { binary: browser, args: ["--automation"] };
    const asked = { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } } };
    const { sessionId, capabilities } = (await ask("POST", "/session", asked)) as Answer;
    await ask("POST", `/session/${sessionId!}/timeouts`, { script: PATIENCE, pageLoad: PATIENCE });
    return { id: sessionId!, version: capabilities!.browserVersion };
  };
  try {
    await answers(port);
    // The version is known to a session alone.
    const first = await newSession();
    await ask("DELETE", `/session/${first.id}`);
    return {
      name: "webkit",
      version: `WebKitGTK ${first.version}`,
      async open(address) {
        const { id } = await newSession();
        await ask("POST", `/session/${id}/url`, { url: address });
        return {
          run: async (work, ...given) => {
            const script = `const done = arguments[0]; new Promise((resolve) => resolve(${callOf(work, given)})).then((is) => done({ is }), (error) => done({ error: String(error) }));`;
            const answer = await ask("POST", `/session/${id}/execute/async`, { script, args: [] });
            const { is, error } = answer as { is?: unknown; error?: string };
            if (error !== undefined) throw new Error(error);
            return is as never;
          },
          close: async () => {
            await ask("DELETE", `/session/${id}`);
          },
        };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The driver's answer to a request, its errors thrown. */
const asker =
  (root: string) =>
  async (method: string, way: string, body?: object): Promise<unknown> => {
    const response = await fetch(root + way, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok) throw new Error(`WebKit: ${(value as Answer).error}: ${(value as Answer).message}`);
    return value;
  };

/** A screen that nobody sees. */
async function display(xvfb: string): Promise<{ name: string; program: ChildProcess }> {
  const program = spawn(xvfb, ["-displayfd", "1", "-screen", "0", "1280x1000x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const name = await new Promise<string>((resolve, reject) => {
    let said = "";
    program.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("\n")) resolve(`:${said.trim()}`);
    });
    program.on("exit", () => reject(new Error("Xvfb gave no screen")));
  });
  return { name, program };
}

function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  return new Promise((resolve) =>
    server.once("listening", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    }),
  );
}

/** Waits until the driver answers. */
async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    if (await fetch(`http://127.0.0.1:${port}/status`).catch(() => null)) return;
    await sleep(250);
  }
  throw new Error("WebKitWebDriver does not answer");
}

async function ended(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  const end = new Promise((resolve) => program.once("exit", resolve));
  program.kill();
  await end;
}
