/** How parts of pages are searched, where the index is made and where it is asked: the two must agree.
 *  @type {import("minisearch").Options} */
export const searchOptions = {
  fields: ["heading", "text", "code", "page"],
  storeFields: ["href", "page", "heading", "text", "code"],
  searchOptions: { boost: { heading: 4, page: 2, text: 1, code: 0.4 }, prefix: true, fuzzy: 0.15, combineWith: "AND" },
};
