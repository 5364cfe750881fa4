/** WebKit, by its WebDriver: plain HTTP. Each page is a session, and so a browser, of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { callOf, type Engine } from "./engine.js";

/** Milliseconds that a call in a page may take. */
const PATIENCE = 90_000;

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
  const running = new Set([screen.program]);
  const endAtOnce = (): void => running.forEach((one) => one.kill());
  process.on("exit", endAtOnce);
  const end = async (program: ChildProcess): Promise<void> => {
    await ended(program);
    running.delete(program);
  };
  const close = async (): Promise<void> => {
    await Promise.all([...running].map(end));
    process.off("exit", endAtOnce);
  };

  /** A driver of its own for each browser: one that hangs takes no other page with it. */
  const newSession = async () => {
    const port = await freePort();
    const env = { ...process.env, DISPLAY: screen.name, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
    const program = spawn(driver, [`--port=${port}`], { env, stdio: "ignore" });
    running.add(program);
    await answers(port);
    const ask = asker(`http://127.0.0.1:${port}`);
    const options = { binary: browser, args: ["--automation"] };
    const asked = { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } } };
    const { sessionId, capabilities } = (await ask("POST", "/session", asked)) as Answer;
    const way = `/session/${sessionId!}`;
    await ask("POST", `${way}/timeouts`, { script: PATIENCE, pageLoad: PATIENCE });
    return {
      version: capabilities!.browserVersion,
      ask: (method: string, more: string, body?: object) => ask(method, way + more, body),
      async end() {
        await ask("DELETE", way).catch(() => {}); // it may hang: then the driver ends with it
        await end(program);
      },
    };
  };

  try {
    // The version is known to a session alone.
    const first = await newSession();
    await first.end();
    return {
      name: "webkit",
      version: `WebKitGTK ${first.version}`,
      async open(address) {
        const session = await newSession();
        await session.ask("POST", "/url", { url: address });
        return {
          run: async (work, ...given) => {
            const script = `const done = arguments[0]; new Promise((resolve) => resolve(${callOf(work, given)})).then((is) => done({ is }), (error) => done({ error: String(error) }));`;
            const answer = await session.ask("POST", "/execute/async", { script, args: [] });
            const { is, error } = answer as { is?: unknown; error?: string };
            if (error !== undefined) throw new Error(error);
            return is as never;
          },
          close: () => session.end(),
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
    const signal = AbortSignal.timeout(PATIENCE + 10_000);
    const response = await fetch(root + way, { method, signal, ...(body && { body: JSON.stringify(body) }) });
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
  const last = setTimeout(() => program.kill("SIGKILL"), 5000);
  await end;
  clearTimeout(last);
}
