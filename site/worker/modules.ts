/** The modules that cells can import. Each is a file of its own, fetched by the first cell that asks for it. */

type Load = () => Promise<unknown>;

const own: Readonly<Record<string, Load>> = {
  twinformer: () => import("twinformer"),
  "twinformer/account": () => import("twinformer/account"),
  "twinformer/cost": () => import("twinformer/cost"),
  "twinformer/data": () => import("twinformer/data"),
  "twinformer/interactive": () => import("twinformer/interactive"),
  "twinformer/models": () => import("twinformer/models"),
  "twinformer/moe": () => import("twinformer/moe"),
  "twinformer/notebook": () => import("twinformer/notebook"),
  "twinformer/parallel": () => import("twinformer/parallel"),
  "twinformer/plot": () => import("twinformer/plot"),
  "twinformer/tokenizers": () => import("twinformer/tokenizers"),
  "twinformer/train": () => import("twinformer/train"),
  "@observablehq/plot": () => import("@observablehq/plot"),
};

export const moduleNames = Object.keys(own);

/** @param builtIn modules of Node that the page stands in for */
export function moduleLoader(builtIn: (name: string) => unknown): (name: string) => Promise<unknown> {
  return async (name) => {
    if (Object.hasOwn(own, name)) return own[name]();
    const node = builtIn(name);
    if (node !== undefined) return { ...(node as object), default: node };
    throw new Error(
      `there is no module "${name}" in this page; it has ${moduleNames.join(", ")} and Node's fs, os and path`,
    );
  };
}
