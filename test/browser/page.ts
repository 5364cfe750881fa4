/** What a page of a test gets of the library, as one script. */
export { loadPretrained } from "../../lib/models/pretrained/index.js";
export { fromArray, noGrad } from "../../lib/tensor/index.js";
export { pretrained } from "../../lib/models/trained.js";
