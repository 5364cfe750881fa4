/** Where the code runs, and so how an output is shown. Found anew at each call: cheap, and a test may change it. */
export type Host = "tslab" | "deno" | "browser" | "node";

/** What tslab's public module offers; declared here, so that the package does not depend on tslab. */
export interface Tslab {
  newDisplay(): { html(text: string): void };
}

interface Kernels {
  readonly __tslab__?: { readonly require: (id: string) => unknown };
  readonly Deno?: { readonly jupyter?: DenoJupyter };
  readonly document?: unknown;
}

export interface DenoJupyter {
  display(value: Record<string, string>, options: { raw: true; display_id?: string; update?: boolean }): Promise<void>;
}

const here = globalThis as Kernels;

/** The module of the very kernel that runs this cell. tslab leaves its cells' `require` in a global, and answers "tslab" itself:
 *  so this works wherever tslab was installed, and never loads a second copy that has no connection to the front end. */
export function tslab(): Tslab | undefined {
  try {
    return here.__tslab__?.require("tslab") as Tslab | undefined;
  } catch {
    return undefined;
  }
}

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
