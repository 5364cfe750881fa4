import { printable } from "../text/printable.js";

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text made safe inside an element or a quoted attribute, in HTML and in XML alike. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** Words inside an element, as a serializer writes them: quotes stay. */
export const escapeWords = (text: string): string => text.replace(/[&<>]/g, (character) => ENTITIES[character]);

/** UTF-8 text as base64, in Node and in a browser, without a stack overflow for long texts. */
export function base64(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
