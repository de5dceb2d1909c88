/** One process of a server: what was given to it, and what is known of it. */
import { CarpoolError } from '../base/errors.ts';
import type { Child } from '../process/child.ts';
import type { Server, ServerAddress } from './types.ts';

/** What a server was started with. */
export interface ServerPlace {
  /** Reserved for it; `undefined` where nothing asks for one. */
  readonly port: number | undefined;
  /** Its socket; `undefined` likewise. */
  readonly socket: string | undefined;
  /** Makes its folder, if nothing has yet. */
  readonly temp: () => string;
}

/** What the start of a server waits for. */
export interface StartStep {
  /** Half a sentence: what is not so, and what was found. */
  readonly found: string;
  /** What limits it, and the milliseconds of that. */
  readonly limit: 'readyTimeout' | 'startTimeout';
  readonly timeout: number;
}

export class RunningServer implements Server {
  groups: Readonly<Record<string, string>> = {};
  host = '127.0.0.1';
  /** Milliseconds of the shortest attempt that has found it ready, 2000 at most. */
  readyIn: number = Infinity;
  /** While it starts. */
  step: (() => StartStep) | undefined;
  readonly child: Child;
  readonly place: ServerPlace;
  readonly #pool: string;

  constructor(pool: string, child: Child, place: ServerPlace) {
    this.#pool = pool;
    this.child = child;
    this.place = place;
  }

  /** Where it can be reached, as far as is known. */
  get listensOn(): 'port' | 'socket' | undefined {
    if (this.#port !== undefined) return 'port';
    return this.place.socket === undefined ? undefined : 'socket';
  }

  get port(): number {
    if (this.#port === undefined) throw this.#missing('port');
    return this.#port;
  }

  get socket(): string {
    if (this.place.socket === undefined) throw this.#missing('socket');
    return this.place.socket;
  }

  get temp(): string {
    return this.place.temp();
  }

  get url(): string {
    return this.groups['url'] ?? `http://${this.host.includes(':') ? `[${this.host}]` : this.host}:${this.port}`;
  }

  get pid(): number {
    return this.child.pid;
  }

  log(): string {
    return [this.child.stdoutTail(), this.child.stderrTail()].filter((text) => text !== '').join('\n');
  }

  /** What a session is without `open`. */
  address(): ServerAddress {
    const { host, listensOn } = this;
    const url = listensOn === 'socket' && this.groups['url'] === undefined ? `unix:${this.socket}` : this.url;
    const port = this.#port;
    const { socket } = this.place;
    return { url, host, ...(port !== undefined && { port }), ...(socket !== undefined && { socket }) };
  }

  get #port(): number | undefined {
    const printed = this.groups['port'];
    return printed === undefined ? this.place.port : Number(printed);
  }

  #missing(what: 'port' | 'socket'): CarpoolError {
    const message = `The server of pool "${this.#pool}" was given no ${what}: write \`{${what}}\` in \`command\`, \`args\` or \`env\``;
    return new CarpoolError('CONFIG_INVALID', message, { context: { pool: this.#pool, path: what } });
  }
}
