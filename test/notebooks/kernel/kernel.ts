import { spawn, type ChildProcess } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Dealer, Subscriber } from "zeromq";

/** What running a cell brought back. */
export interface CellResult {
  /** "ok", "error", or "abort" for a cell that was skipped. */
  status: string;
  stdout: string;
  stderr: string;
  /** Every state that an output was given, in order. */
  html: string[];
}

const tslab = [
  process.execPath,
  path.resolve(import.meta.dirname, "../../../node_modules/tslab/bin/tslab"),
  "kernel",
  "--config-path",
];

/** A real kernel, spoken to directly, so that a test can press the stop button at a chosen moment.
 *  Protocol: https://jupyter-client.readthedocs.io/en/stable/messaging.html */
export class Kernel {
  readonly #key = randomUUID();
  readonly #session = randomUUID();
  readonly #shell = new Dealer();
  readonly #iopub = new Subscriber();
  readonly #folder = mkdtempSync(path.join(tmpdir(), "twinformer-kernel-"));
  #process!: ChildProcess;

  /** @param cwd the folder of the notebook: imports resolve from there.
   *  @param command what starts the kernel, but for the connection file, its last argument; tslab by default */
  static async start(cwd: string, command = tslab): Promise<Kernel> {
    const kernel = new Kernel();
    const [shell, iopub, stdin, control, heartbeat] = (await freePorts(5)) as [number, number, number, number, number];
    const ports = {
      shell_port: shell,
      iopub_port: iopub,
      stdin_port: stdin,
      control_port: control,
      hb_port: heartbeat,
    };
    const connection = path.join(kernel.#folder, "connection.json");
    const how = { transport: "tcp", ip: "127.0.0.1", key: kernel.#key, signature_scheme: "hmac-sha256" };
    writeFileSync(connection, JSON.stringify({ ...ports, ...how, kernel_name: "tslab" }));
    const [program, ...args] = command;
    kernel.#process = spawn(program, [...args, connection], { cwd, stdio: "ignore" });
    kernel.#shell.connect(`tcp://127.0.0.1:${shell}`);
    kernel.#iopub.subscribe();
    const listening = new Promise((resolve) => kernel.#iopub.events.on("handshake", resolve));
    kernel.#iopub.connect(`tcp://127.0.0.1:${iopub}`);
    await listening; // what the kernel says before that is lost, the end of a cell too
    await kernel.run("1");
    return kernel;
  }

  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** The stop button ■. */
  interrupt(): void {
    this.#process.kill("SIGINT");
  }

  /** Runs a cell to its end. `during` is called once: when the cell has shown its first output, or when it begins. */
  async run(code: string, during?: () => void, when: "shown" | "begun" = "shown"): Promise<CellResult> {
    const id = randomUUID();
    const result: CellResult = { status: "", stdout: "", stderr: "", html: [] };
    await this.#send(id, { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false });
    const replied = this.#reply(id).then(({ status }) => void (result.status = String(status)));
    for await (const frames of this.#iopub) {
      const { type, parent, content } = read(frames);
      if (parent !== id) continue;
      if (type === "stream") result[content.name as "stdout" | "stderr"] += String(content.text);
      if (type.endsWith("display_data")) result.html.push((content.data as Record<string, string>)["text/html"] ?? "");
      if (type === (when === "shown" ? "display_data" : "status")) {
        during?.();
        during = undefined;
      }
      if (type === "status" && content.execution_state === "idle") break;
    }
    await replied;
    return result;
  }

  /** What the Tab key offers at the end of `code`. */
  async complete(code: string): Promise<string[]> {
    const id = randomUUID();
    await this.#send(id, { code, cursor_pos: code.length }, "complete_request");
    return (await this.#reply(id)).matches as string[];
  }

  stop(): void {
    this.#process.kill("SIGKILL");
    this.#shell.close();
    this.#iopub.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #send(id: string, content: object, type = "execute_request"): Promise<void> {
    const header = {
      msg_id: id,
      session: this.#session,
      username: "test",
      date: new Date().toISOString(),
      version: "5.3",
    };
    const parts = [{ ...header, msg_type: type }, {}, {}, content].map((part) => JSON.stringify(part));
    const signature = createHmac("sha256", this.#key).update(parts.join("")).digest("hex");
    await this.#shell.send(["<IDS|MSG>", signature, ...parts]);
  }

  async #reply(id: string): Promise<Record<string, unknown>> {
    for await (const frames of this.#shell) {
      const { parent, content } = read(frames);
      if (parent === id) return content;
    }
    throw new Error("the kernel closed the connection");
  }
}

function read(frames: Buffer[]): { type: string; parent: string; content: Record<string, unknown> } {
  const start = frames.findIndex((frame) => frame.toString() === "<IDS|MSG>") + 2;
  const [header, parent, , content] = frames
    .slice(start)
    .map((frame) => JSON.parse(frame.toString()) as Record<string, unknown>);
  return { type: String(header?.msg_type), parent: String(parent?.msg_id), content: content ?? {} };
}

/** Ports that nothing listens on at this moment. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
