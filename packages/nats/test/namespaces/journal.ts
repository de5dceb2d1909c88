/**
 * What shards and the test write down, each line by one `write` to the end of one file: so its order is an order of what
 * happened, for all processes. It is also the recorder: what a lease protects, which sees the fence of each holder.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

interface OfShard {
  /** Milliseconds of the machine's monotonic clock. */
  readonly at: number;
  readonly shard: string;
}

/** A lease of a test: from this line to its end so much of each of these is held. */
export interface Held extends OfShard {
  readonly event: 'holds';
  readonly test: number;
  readonly hold: string;
  readonly what: readonly string[];
  readonly weight: number;
  /** How much there is. */
  readonly of: number;
  /** Until it is lost, or the test needs that no more. */
  readonly kept: boolean;
  readonly bucket: string;
  readonly revision: number;
}

/** A session of a test has answered: from this line to `leaves` its test has it. */
export interface Has extends OfShard {
  readonly event: 'has';
  readonly test: number;
  /** By its test. */
  readonly session: string;
  /** Of the child that has answered. */
  readonly machine: string;
  /** The pid of the host of that child. */
  readonly host: number;
  /** As of `Held`. */
  readonly kept: boolean;
}

export interface Failed extends OfShard {
  readonly event: 'fails';
  readonly test: number;
  /** Of each failure its code, and what it says. */
  readonly codes: readonly string[];
  readonly words: readonly string[];
}

/** A host offers its pool to those of other machines. */
export interface Offers {
  readonly at: number;
  readonly event: 'offers';
  readonly machine: string;
  /** HOST:PORT, by which errors name it. */
  readonly place: string;
  readonly host: number;
  readonly slots: number;
}

/** Written by the child: its first message of a session, and that it is asked to end it. */
export interface Served {
  readonly at: number;
  readonly event: 'serves' | 'has served';
  readonly machine: string;
  readonly host: number;
  /** By its host. */
  readonly id: string;
  /** By its test. */
  readonly session: string;
}

/** Written before it is done. */
export interface Fault {
  readonly at: number;
  readonly event: 'fault';
  /**
   * shard: a process that runs tests is killed; host: its host; offering host: one that offers its pool is killed, or ended; machine: all processes
   * there; node, leader: a server is killed and started again; cut: a machine is cut off; cut node: a server is.
   */
  readonly how: 'shard' | 'host' | 'offering host' | 'machine' | 'node' | 'leader' | 'cut' | 'cut node';
  /** Those that are concerned; absent: all. */
  readonly shards?: readonly string[];
  /** What one of them holds then, and until it is lost. */
  readonly hold?: string;
  /** Whose sessions of tests elsewhere are lost. */
  readonly machine?: string;
  /** One of these, which its test has until it is lost. */
  readonly session?: string;
  /** Of a cut: milliseconds, at least. */
  readonly lasts?: number;
}

export type Line =
  | (OfShard & {
      readonly event: 'starts';
      readonly machine: string;
      readonly pid: number;
      /** The pid of its host, and the slots there. */
      readonly host: number;
      readonly slots: number;
    })
  | (OfShard & { readonly event: 'begins' | 'passes'; readonly test: number })
  | Failed
  | Held
  | (OfShard & { readonly event: 'lets go'; readonly hold: string })
  | (OfShard & { readonly event: 'told'; readonly hold: string; readonly code: string })
  | (OfShard & { readonly event: 'got'; readonly what: string; readonly value: string })
  /** A session is registered; where, its first answer tells. */
  | (OfShard & { readonly event: 'opens'; readonly test: number; readonly session: string })
  | Has
  /** Before it is given back. */
  | (OfShard & { readonly event: 'leaves'; readonly session: string })
  /** After its last test: what its pool has. */
  | (OfShard & { readonly event: 'rests'; readonly open: number; readonly queued: number })
  | (OfShard & { readonly event: 'ends'; readonly why: string })
  | Offers
  | Served
  | Fault
  /** All is as before the fault: replicas are current, and each shard has passed a test that began after it was over. */
  | { readonly at: number; readonly event: 'well' };

type Unstamped<L> = L extends Line ? Omit<L, 'at'> : never;

export function now(): number {
  return Math.round(Number(process.hrtime.bigint()) / 1e6);
}

export class Writer {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  write(line: Unstamped<Line>): void {
    writeSync(this.#file, `${JSON.stringify({ at: now(), ...line })}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

export class Reader {
  /** All that were read. */
  readonly lines: Line[] = [];
  readonly #file: number;
  readonly #buffer = Buffer.alloc(65_536);
  /** After the last whole line. */
  #rest = '';

  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  read(): readonly Line[] {
    let length = 0;
    while ((length = readSync(this.#file, this.#buffer)) > 0) this.#rest += this.#buffer.toString('latin1', 0, length);
    const whole = this.#rest.split('\n');
    this.#rest = whole.pop() ?? '';
    for (const line of whole) this.lines.push(JSON.parse(Buffer.from(line, 'latin1').toString()) as Line);
    return this.lines;
  }

  close(): void {
    closeSync(this.#file);
  }
}
