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

export class RunningServer implements Server {
  groups: Readonly<Record<string, string>> = {};
  host = '127.0.0.1';
  readonly child: Child;
  readonly place: ServerPlace;
  readonly #pool: string;

  constructor(pool: string, child: Child, place: ServerPlace) {
    this.#pool = pool;
    this.child = child;
    this.place = place;
  }

  get port(): number {
    const found = this.groups['port'] ?? this.place.port;
    if (found === undefined) throw this.#missing('port', '`{port}` in `command`, `args` or `env`');
    return Number(found);
  }

  get socket(): string {
    return this.place.socket ?? this.#throw('socket', '`{socket}` in `command`, `args` or `env`');
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

  /** Where it listens, as far as is known. */
  address(): ServerAddress {
    const { place, groups, host } = this;
    const known = groups['url'] ?? groups['port'] ?? place.port;
    const socket = place.socket === undefined ? {} : { socket: place.socket };
    const port = groups['port'] ?? place.port;
    const url = known === undefined ? `unix:${this.socket}` : this.url;
    return { url, host, ...(port !== undefined && { port: Number(port) }), ...socket };
  }

  #throw(what: string, remedy: string): never {
    throw this.#missing(what, remedy);
  }

  #missing(what: string, remedy: string): CarpoolError {
    const message = `The server of pool "${this.#pool}" was given no ${what}: write ${remedy}`;
    return new CarpoolError('CONFIG_INVALID', message, { context: { pool: this.#pool, path: what } });
  }
}
