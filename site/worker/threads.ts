/** Node's module worker_threads for the kernels, where the page is cross-origin isolated: they share their memory with other workers. */

export class Worker {
  readonly #worker: globalThis.Worker;

  constructor(program: string, { workerData }: { readonly workerData: unknown }) {
    this.#worker = new globalThis.Worker("thread.js", { name: "thread" });
    this.#worker.postMessage({ program, workerData });
  }

  on(event: string, listener: () => void): void {
    if (event === "error") this.#worker.addEventListener("error", listener);
  }

  /** A worker of a page ends with it. */
  unref(): void {}
}
