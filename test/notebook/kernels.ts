import { afterEach } from "vitest";

/** Stand-ins for what a kernel or a page leaves in the global scope; taken away after each test. */
const scope = globalThis as unknown as Record<string, unknown>;

export interface Message {
  readonly output: number;
  readonly html: string;
}

/** As inside tslab: a global whose `require` answers "tslab" with the kernel's own module. Returns the messages sent. */
export function insideTslab(): Message[] {
  const messages: Message[] = [];
  let outputs = 0;
  const newDisplay = () => {
    const output = outputs++;
    return { html: (html: string) => void messages.push({ output, html }) };
  };
  scope.__tslab__ = { require: (id: string) => (id === "tslab" ? { newDisplay } : undefined) };
  return messages;
}

export interface DenoMessage {
  readonly data: Record<string, string>;
  readonly options: { raw: boolean; display_id: string; update: boolean };
}

export function insideDeno(): DenoMessage[] {
  const messages: DenoMessage[] = [];
  const display = (data: DenoMessage["data"], options: DenoMessage["options"]) => {
    messages.push({ data, options: { ...options } });
    return Promise.resolve();
  };
  scope.Deno = { jupyter: { display } };
  return messages;
}

export function insidePage(document: unknown): void {
  scope.document = document;
}

export function outside(): void {
  delete scope.__tslab__;
  delete scope.Deno;
  delete scope.document;
}

afterEach(outside);
