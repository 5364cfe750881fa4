import { tslab } from "../plot/kernel.js";

/** Where the code runs, and so how an output is shown. Found anew at each call: cheap, and a test may change it. */
export type Host = "tslab" | "deno" | "browser" | "node";

interface Kernels {
  readonly Deno?: { readonly jupyter?: DenoJupyter };
  readonly document?: unknown;
}

export interface DenoJupyter {
  display(value: Record<string, string>, options: { raw: true; display_id?: string; update?: boolean }): Promise<void>;
}

const here = globalThis as Kernels;

export function denoJupyter(): DenoJupyter | undefined {
  try {
    return here.Deno?.jupyter; // the getter throws outside a notebook
  } catch {
    return undefined;
  }
}

export function host(): Host {
  if (tslab()) return "tslab";
  if (denoJupyter()) return "deno";
  return here.document === undefined ? "node" : "browser";
}

/** Variables of the environment; none in a browser. */
export function environment(name: string): string | undefined {
  return typeof process === "undefined" ? undefined : process.env?.[name];
}
