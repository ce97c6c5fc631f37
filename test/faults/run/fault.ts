/** What a run of the suite asks of each fault. */
export interface FaultRun {
  readonly jobs: number;
  readonly jobsPerSecond: number;
}

/** One row of the table. */
export interface Outcome {
  readonly jobs: number;
  readonly lost: number;
  readonly doubled: number;
  /** From the fault, or its end, until the system did again what it should; the longest of all times. */
  readonly recoverMs?: number;
  /** What else was measured. */
  readonly notes: readonly string[];
  /** Why it did not pass; none when it did. */
  readonly violations: readonly string[];
}

export interface Fault {
  readonly id: string;
  readonly title: string;
  readonly load: string;
  readonly criterion: string;
  /** Why it cannot run on this machine; undefined when it can. */
  readonly skip?: () => string | undefined;
  readonly run: (run: FaultRun) => Promise<Outcome>;
}
