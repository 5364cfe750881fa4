import { spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { home, jupyterEnv, keepPrivate, runtime } from "../setup/jupyter.mjs";
import { Problem, root, tail } from "../setup/run.mjs";

const windows = process.platform === "win32";

/** What Jupyter wrote about the running server that was given `token` ({ url, port, pid, ... }), or null before it has. */
function serverInfo(token, pid) {
  for (const file of readdirSync(runtime)) {
    if (!/^jpserver-\d+\.json$/.test(file)) continue;
    try {
      const info = JSON.parse(readFileSync(path.join(runtime, file), "utf8"));
      if (token ? info.token === token : info.pid === pid) return info;
    } catch {
      // being written just now, or removed
    }
  }
  return null;
}

/** Starts JupyterLab on `folder`, with the notebook `first` open (undefined: none). Returns { answers, ended, stop }: `answers()` resolves to its address once it really
 *  answers (null where it was stopped before), `ended` to the exit code, `stop()` ends the server and its kernels. */
export function startServer({ python, host, port, strictPort, token, browser, folder, first }) {
  const page = first ? `lab/tree/${encodeURIComponent(first)}` : "lab";
  const args = [
    ...["-m", "jupyterlab"],
    `--ServerApp.root_dir=${folder}`,
    `--ServerApp.ip=${host}`,
    `--ServerApp.port=${port}`,
    // Between our look at the port and Jupyter's another server may have taken it.
    `--ServerApp.port_retries=${strictPort ? 0 : 50}`,
    `--ServerApp.open_browser=${browser ? "True" : "False"}`,
    `--LabApp.default_url=/${page}`,
    "--ServerApp.answer_yes=True",
    `--LabApp.app_settings_dir=${path.join(root, "jupyter", "settings")}`,
    "--LabApp.extension_manager=readonly", // asks no network for extensions
    "--LanguageServerManager.autodetect=False", // would start whatever language servers the machine has
    "--KernelSpecManager.ensure_native_kernel=False",
    "--KernelSpecManager.allowed_kernelspecs=tslab", // no Python kernel beside the TypeScript one
    "--MultiKernelManager.default_kernel_name=tslab",
  ];
  // In the environment, not among the arguments: those are visible to every user of the machine.
  const env = { ...jupyterEnv(), JUPYTER_TOKEN: token };
  if (process.getuid?.() === 0) args.push("--ServerApp.allow_root=True");
  if (token === "") args.push("--IdentityProvider.token=");
  const log = path.join(home, `server-${port}.log`);
  const output = openSync(log, "w", 0o600);
  // A process group of its own: Ctrl-C reaches us alone, and we end the server in order.
  const child = spawn(python, args, { cwd: root, env, stdio: ["ignore", output, output], detached: !windows });
  closeSync(output);

  let stopping = false;
  const ended = new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(stopping ? 0 : (code ?? 1)));
  });
  let exited = false;
  ended.then(() => (exited = true));
  process.on("exit", () => exited || child.kill("SIGKILL"));

  const signalGroup = (signal) => (windows ? child.kill(signal) : process.kill(-child.pid, signal));
  function stop() {
    if (exited) return;
    if (stopping) return signalGroup("SIGKILL"); // a second Ctrl-C does not wait
    stopping = true;
    console.log("\nEnding JupyterLab and its kernels …");
    child.kill("SIGTERM"); // Jupyter shuts its kernels down, giving a busy one 5 s
    setTimeout(() => exited || signalGroup("SIGKILL"), 12_000).unref();
  }

  async function answers() {
    for (;;) {
      if (exited && stopping) return null;
      if (exited) throw new Problem(`JupyterLab ended with an error (the whole of it is in ${log}):\n${lastLines()}`);
      const info = serverInfo(token, child.pid);
      const headers = { Authorization: `token ${token}` };
      const reply = info && (await fetch(new URL("api/status", info.url), { headers }).catch(() => null));
      if (!reply?.ok) {
        await sleep(50);
        continue;
      }
      keepPrivate(home); // by now Jupyter has written the page that holds the token, and made more folders
      return `${info.url}${page}${token ? `?token=${encodeURIComponent(token)}` : ""}`;
    }
  }
  const lastLines = () => tail(readFileSync(log, "utf8"), 12);

  return { answers, ended, stop };
}
