/** What tslab's public module offers; declared here, so that the package does not depend on tslab. */
export interface Tslab {
  newDisplay(): { html(text: string): void };
}

/** The module of the very kernel that runs this cell. tslab leaves its cells' `require` in a global, and answers "tslab" itself:
 *  so this works wherever tslab was installed, and never loads a second copy that has no connection to the front end. */
export function tslab(): Tslab | undefined {
  try {
    const kernel = (globalThis as { readonly __tslab__?: { readonly require: (id: string) => unknown } }).__tslab__;
    return kernel?.require("tslab") as Tslab | undefined;
  } catch {
    return undefined;
  }
}
