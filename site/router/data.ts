/** What the page of the game has been given when it was made. */

export interface RouterData {
  readonly nExpert: number;
  readonly topK: number;
  readonly nLayer: number;
  /** Tokens that are routed. */
  readonly count: number;
  /** The last `count` tokens that have a next one are played. */
  readonly texts: readonly { readonly name: string; readonly title: string; readonly text: string }[];
  /** In which it is counted what experts get: a stretch of each domain. */
  readonly counted: readonly string[];
}
