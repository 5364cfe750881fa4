/** A browser, as far as the proof of the live pages needs one: three drivers have this form. */

export interface Engine {
  readonly name: EngineName;
  /** As the browser says it. */
  readonly version: string;
  /** A page of a reader who was never here. */
  open(address: string): Promise<OpenPage>;
  close(): Promise<void>;
}

export interface OpenPage {
  /** Runs a function in the page. It sees nothing but what it is given, and gives what JSON can say. */
  run<Result, Given extends readonly unknown[]>(
    work: (...given: Given) => Result | Promise<Result>,
    ...given: Given
  ): Promise<Result>;
  close(): Promise<void>;
}

export const engineNames = ["chromium", "firefox", "webkit"] as const;
export type EngineName = (typeof engineNames)[number];

/** The call as text: the functions of these tests are made of text in the page. What compiles them may have put names into it. */
export const callOf = (work: (...given: never[]) => unknown, given: readonly unknown[]): string =>
  `((__name) => (${work.toString()})(...${JSON.stringify(given)}))((call) => call)`;
