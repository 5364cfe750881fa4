/** What a device is, as far as its speed is bounded by it. */

/** Formats in which processors multiply. "tf32" takes float32 and multiplies 10 bits of its fraction. */
export type PeakFormat = "float32" | "tf32" | "bfloat16" | "float16" | "fp8" | "int8";

/** Where figures are from. */
export interface DeviceSource {
  readonly address: string;
  /** When it was read. */
  readonly read: string;
  /** The figures as they stand there. */
  readonly says: string;
}

export interface Device {
  readonly name: string;
  /** Other names under which it is found. */
  readonly aliases?: readonly string[];
  /** Bytes of the memory that holds the weights. */
  readonly memory: number;
  /** Bytes a second between that memory and the processor. */
  readonly bandwidth: number;
  /** FLOPs a second by format, at most, without sparsity. A format that is not there is multiplied in the next wider one. */
  readonly peak: Readonly<Partial<Record<PeakFormat, number>>>;
  /** Bytes a second in one direction to its like, by what. Null: they are not meant to work together. */
  readonly link: { readonly name: string; readonly bandwidth: number } | null;
  /** Bytes a second in one direction to the memory of its host. Null: it is the same memory. */
  readonly host: number | null;
  /** Bytes a second that are read from a drive that it takes, by what; where none is named, it is not known. */
  readonly storage?: { readonly name: string; readonly bandwidth: number };
  /** What it draws at most, in watts; null where no source says it. */
  readonly watts: number | null;
  readonly sources: readonly DeviceSource[];
  /** What was computed from the sources' figures, and how. */
  readonly note?: string;
}
