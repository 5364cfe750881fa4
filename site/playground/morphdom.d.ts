/** As much of morphdom as the page uses: its own types are those of a CommonJS module, and bundlers take this one. */
declare module "morphdom/dist/morphdom-esm.js" {
  interface Options {
    /** Leave the outer element as it is. */
    readonly childrenOnly?: boolean;
    /** By what two elements are the same one; undefined for their place. */
    readonly getNodeKey?: (node: Node) => string | undefined;
  }
  export default function morphdom(from: Node, to: Node, options?: Options): Node;
}
