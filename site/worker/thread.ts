/** A thread of the kernels: Node's worker_threads, as far as they need it, over a worker of the browser. Its first message says what runs. */

addEventListener(
  "message",
  ({ data }: MessageEvent<{ program: string; workerData: unknown }>) => {
    const require = () => ({ workerData: data.workerData });
    const process = { on: () => {} };
    // What runs comes from the kernels (lib/kernels/threads), as text: so it does in Node.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function("require", "process", data.program) as (...given: unknown[]) => void;
    run(require, process);
  },
  { once: true },
);
