/** What a page and the worker that runs its cells say to each other. */

/** From the page. */
export type Order =
  | {
      readonly type: "start";
      readonly environment: Readonly<Record<string, string>>;
      readonly files: readonly OwnFile[];
    }
  | { readonly type: "run"; readonly cell: string; readonly source: string }
  | { readonly type: "stop" }
  | { readonly type: "ping"; readonly number: number }
  | { readonly type: "files"; readonly files: readonly OwnFile[] };

/** A file that the reader gave: cells read it at this path. */
export interface OwnFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** From the worker. `cell` is the one that the output belongs to. */
export type Report =
  | { readonly type: "ready"; readonly threads: number }
  | { readonly type: "began"; readonly cell: string }
  | { readonly type: "text"; readonly cell: string; readonly stream: Stream; readonly text: string }
  /** A picture, in place of the last one of the same display. */
  | { readonly type: "html"; readonly cell: string; readonly display: number; readonly html: string }
  | {
      readonly type: "ended";
      readonly cell: string;
      readonly failed: Failure | null;
      readonly names: readonly string[];
    }
  | { readonly type: "pong"; readonly number: number };

export type Stream = "stdout" | "stderr";

/** What a cell threw. */
export interface Failure {
  /** "TypeError: matmul: …" */
  readonly sentence: string;
  /** The cell and line that it comes from, from 1; null where no cell is in its stack. */
  readonly place: { readonly cell: string; readonly line: number; readonly column: number } | null;
  /** The whole stack, as the engine tells it. */
  readonly stack: string;
  /** The reader pressed stop. */
  readonly interrupted: boolean;
}
