/**
 * The journal that all processes of several runs write, each line by one `write` to the end of one file. So its order is an
 * order of what happened, for all processes: what a process does between two of its lines, it does between those two places.
 */
import { appendFileSync, closeSync, openSync, readSync, writeFileSync } from 'node:fs';

/** As project/bodies.cjs, the config of the project and `SeveralRuns` write it. */
export type Line =
  | (Written & { readonly event: 'configures' })
  | (Written & { readonly event: 'begins' | 'passes'; readonly test: string })
  | (Written & { readonly event: 'fails'; readonly test: string; readonly code?: string; readonly words: string })
  | Held
  | (Written & { readonly event: 'lets go'; readonly hold: string })
  | (Written & { readonly event: 'told'; readonly hold: string; readonly code?: string; readonly held: boolean })
  | (Written & { readonly event: 'got'; readonly what: string; readonly value: string })
  | Killed;

interface Written {
  /** Microseconds of the machine's monotonic clock. For people: what counts is the order. */
  readonly at: number;
  /** The name of the run. */
  readonly run: string;
  readonly pid: number;
}

/** From here to its `lets go` so much of each of these is held. */
export interface Held extends Written {
  readonly event: 'holds';
  readonly hold: string;
  readonly what: readonly string[];
  readonly weight: number;
  /** How much there is. */
  readonly of: number;
  /** Where it is a session: the process that serves it. */
  readonly child?: number;
}

/** Written before the signal is sent, while the process with this pid was there. */
export interface Killed extends Written {
  readonly event: 'kills';
  /**
   * The first three are signals to the main process of `run`; `stopped` is followed by the first. The last two are what all
   * runs share, and `run` is empty.
   */
  readonly how: 'SIGKILL' | 'SIGINT' | 'SIGTERM' | 'stopped' | 'worker' | 'child' | 'host';
}

export class Journal {
  readonly file: string;
  /** All lines that were read. */
  readonly lines: Line[] = [];
  readonly #descriptor: number;
  readonly #buffer = Buffer.alloc(65_536);
  /** Bytes after the last whole line. */
  #rest = '';

  constructor(file: string) {
    this.file = file;
    writeFileSync(file, '');
    this.#descriptor = openSync(file, 'r');
  }

  /** The whole lines since the last call. */
  more(): Line[] {
    let read = 0;
    while ((read = readSync(this.#descriptor, this.#buffer)) > 0) {
      this.#rest += this.#buffer.toString('latin1', 0, read);
    }
    const whole = this.#rest.split('\n');
    this.#rest = whole.pop() ?? '';
    const lines = whole.map((line) => JSON.parse(Buffer.from(line, 'latin1').toString()) as Line);
    this.lines.push(...lines);
    return lines;
  }

  kills({ run, pid, how }: Omit<Killed, 'at' | 'event'>): void {
    const at = Math.round(Number(process.hrtime.bigint()) / 1_000);
    appendFileSync(this.file, `${JSON.stringify({ at, run, pid, event: 'kills', how } satisfies Killed)}\n`);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
