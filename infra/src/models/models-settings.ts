export interface ModelsSettings {
  /** Where downloads and exports go. */
  readonly modelsDirectory: string;
  /** Models that come with the repository. */
  readonly bundledDirectory: string;
  readonly catalogueFile: string;
  /** The Python program that exports checkpoints. */
  readonly exporter: string;
  readonly cacheDirectory: string;
  /** Where the person is: what paths on the command line are relative to. */
  readonly workingDirectory: string;
  readonly hubEndpoint: string;
  readonly hubToken: string | undefined;
  /** A Python with the exporter's requirements; one is prepared where it is not set. */
  readonly pythonPath: string | undefined;
}

/** What a command works with. */
export interface ModelsContext {
  readonly settings: ModelsSettings;
  /** One line to the person. */
  readonly say: (line: string) => void;
  /** A line that the next one overwrites; undefined where the output is no terminal. */
  readonly sayOver: ((line: string) => void) | undefined;
  readonly signal: AbortSignal;
}

/** What a person got wrong; its message says so, and how it is right. */
export class UsageError extends Error {}
