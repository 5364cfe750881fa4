import { escapeHtml, escapeWords } from "./escape.js";

/** The document that Plot draws into: the page's own in a browser; elsewhere (Node, Deno, a worker) one that can do what a drawing
 *  needs, and no more: make elements, give them attributes and words, and be written out. */
export const drawingDocument = (): Document =>
  typeof document !== "undefined" ? document : (bare as unknown as Document);

/** An SVG element as text that is well-formed XML, coordinates rounded to 1/100 of a pixel (half the bytes). Plot labels its marks for screen
 *  readers; the picture as a whole has a label, and on parts without a role one would be an error. */
export function markupOf(element: SVGElement): string {
  const text = element instanceof BareElement ? element.toString() : new XMLSerializer().serializeToString(element);
  return text.replace(/<[^>]+>/g, (tag) =>
    tag
      .replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100))
      .replace(/ aria-label=(?="[\w -]*")/, " data-mark="),
  );
}

/** As much of an element as Plot and d3 ask of one. */
class BareElement {
  parentNode: BareElement | null = null;
  readonly childNodes: (BareElement | string)[] = [];
  readonly #attributes = new Map<string, string>();
  #markup = "";

  constructor(
    readonly namespaceURI: string,
    readonly tagName: string,
  ) {}

  get ownerDocument(): typeof bare {
    return bare;
  }

  get style(): { setProperty(name: string, value: string): void } {
    return {
      setProperty: (name, value) => {
        const before = this.getAttribute("style");
        this.setAttribute("style", `${before === null ? "" : `${before};`}${name}:${value}`);
      },
    };
  }

  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }

  setAttribute(name: string, value: unknown): void {
    this.#attributes.set(name, String(value));
  }

  /** @param _space namespace of the name, which says it by its prefix */
  setAttributeNS(_space: string | null, name: string, value: unknown): void {
    this.setAttribute(name, value);
  }

  removeAttribute(name: string): void {
    this.#attributes.delete(name);
  }

  appendChild<Child extends BareElement | string>(child: Child): Child {
    return this.insertBefore(child, null);
  }

  insertBefore<Child extends BareElement | string>(child: Child, next: BareElement | string | null): Child {
    if (child instanceof BareElement) {
      child.remove();
      child.parentNode = this;
    }
    const at = next === null ? -1 : this.childNodes.indexOf(next);
    this.childNodes.splice(at < 0 ? this.childNodes.length : at, 0, child);
    return child;
  }

  append(...children: (BareElement | string)[]): void {
    for (const child of children) this.appendChild(child);
  }

  remove(): void {
    const among = this.parentNode?.childNodes;
    if (among) among.splice(among.indexOf(this), 1);
    this.parentNode = null;
  }

  get textContent(): string {
    return this.childNodes.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
  }

  set textContent(text: unknown) {
    this.#markup = "";
    this.childNodes.length = 0;
    this.childNodes.push(String(text));
  }

  /** Markup that is written out as it is. */
  set innerHTML(markup: string) {
    this.childNodes.length = 0;
    this.#markup = markup;
  }

  /** The first element of a name within this one. */
  querySelector(name: string): BareElement | null {
    for (const child of this.childNodes) {
      if (typeof child === "string") continue;
      const found = child.tagName === name ? child : child.querySelector(name);
      if (found) return found;
    }
    return null;
  }

  toString(): string {
    // From the last attribute to the first: what a drawing says of itself comes before its place.
    const attributes = [...this.#attributes].reverse().map(([name, value]) => ` ${name}="${escapeHtml(value)}"`);
    const inside = this.childNodes.map((child) => (typeof child === "string" ? escapeWords(child) : child.toString()));
    const open = `<${this.tagName}${attributes.join("")}`;
    const whole = this.#markup + inside.join("");
    return whole ? `${open}>${whole}</${this.tagName}>` : `${open} />`;
  }
}

const bare = {
  createElementNS: (space: string, name: string): BareElement => new BareElement(space, name),
  createElement: (name: string): BareElement => new BareElement("http://www.w3.org/1999/xhtml", name),
  createTextNode: (text: string): string => text,
  get documentElement(): BareElement {
    return new BareElement("http://www.w3.org/1999/xhtml", "html");
  },
};
