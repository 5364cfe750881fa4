/** A thread of the kernels: Node's worker_threads, as far as they need it, over a worker of the browser. Its first message says what runs. */

addEventListener(
  "message",
  ({ data }: MessageEvent<{ program: string; workerData: unknown }>) => {
    const require = () => ({ workerData: data.workerData });
    const process = { on: () => {} };
    new Function("require", "process", data.program)(require, process);
  },
  { once: true },
);
