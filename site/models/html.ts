/** Markup in which nothing from elsewhere can become an element: whatever is put into a template is escaped, unless it is markup itself. */

export class Html {
  constructor(readonly text: string) {}
}

type Piece = Html | string | number | bigint | readonly Html[];

export const escaped = (text: string): string => text.replace(/[&<>"'`]/g, (c) => `&#${c.charCodeAt(0)};`);

const asText = (piece: Piece): string => {
  if (piece instanceof Html) return piece.text;
  return typeof piece === "object" ? piece.map(({ text }) => text).join("") : escaped(String(piece));
};

export const html = (strings: TemplateStringsArray, ...pieces: Piece[]): Html =>
  new Html(strings.map((text, i) => (i < pieces.length ? text + asText(pieces[i]) : text)).join(""));

/** A part of the page, with an address of its own. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

/** A table of words; the first column names the row. A column whose name begins with "#" has numbers. */
export function tableOf(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly (string | Html)[])[],
): Html {
  const isNumber = columns.map((name) => name.startsWith("#"));
  const attributes = (i: number): Html => new Html(isNumber[i] ? ' class="model-number"' : "");
  const heads = columns.map((name, i) => html`<th scope="col" ${attributes(i)}>${name.replace(/^#/, "")}</th>`);
  const body = rows.map((row) => {
    const cells = row.map((cell, i) =>
      i === 0 ? html`<th scope="row">${cell}</th>` : html`<td${attributes(i)}>${cell}</td>`,
    );
    return html`<tr>
      ${cells}
    </tr>`;
  });
  const kind = isNumber.includes(true) ? "model-table" : "model-table model-facts";
  return html`<p class="model-caption">${caption}</p>
    <div class="output-html model-scroll">
      <table class="${kind}" aria-label="${caption}">
        <thead>
          <tr>
            ${heads}
          </tr>
        </thead>
        <tbody>
          ${body}
        </tbody>
      </table>
    </div>`;
}

/** A figure of the library. Its still picture is for places that strip elements, which a page is not. */
export const figureOf = (figure: { html(options: { still: boolean }): string }): Html =>
  new Html(`<div class="model-figure">${figure.html({ still: false })}</div>`);

export const folded = (summary: string, body: Html): Html =>
  html`<details class="model-folded">
    <summary>${summary}</summary>
    ${body}
  </details>`;

export const listOf = (items: readonly (Html | string)[]): Html =>
  html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;

const ADDRESS = /(https?:\/\/[^\s<>"']+[^\s<>"'.,:;)]|huggingface\.co\/[\w./-]*\w)/g;

/** Words in which addresses are links. Only these: nothing else of a text becomes markup. */
export const linked = (text: string): Html => {
  const pieces = text.split(ADDRESS).map((piece, i) => {
    if (i % 2 === 0) return html`${piece}`;
    return html`<a href="${piece.startsWith("http") ? piece : `https://${piece}`}" rel="noreferrer">${piece}</a>`;
  });
  return html`${pieces}`;
};
