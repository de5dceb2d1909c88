/** A pool of the dialect whose renderer is the test: it reads what Carpool writes, and decides the answers. */
import { EventEmitter, once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createPool, type Pool } from 'carpool';
import { plushie, type PlushieMessages, type Settings } from '../../src/index.ts';
import { closing, place } from './place.ts';

export interface Message {
  readonly type: string;
  readonly session: string;
  readonly [field: string]: unknown;
}

export interface ScriptedOptions {
  readonly settings?: Settings;
  readonly diagnostics?: 'event' | 'fail';
  /** False: the test says the hello itself. Default true. */
  readonly greets?: boolean;
}

const relay = fileURLToPath(new URL('./relay.mjs', import.meta.url));

export class ScriptedRenderer {
  readonly pool: Pool<PlushieMessages>;
  /** Everything that Carpool wrote, in order. */
  readonly heard: Message[] = [];
  readonly #ear = new EventEmitter();
  readonly #greets: boolean;
  #socket: Socket | undefined;
  #confirms = false;

  private constructor(port: number, { settings, diagnostics = 'event', greets = true }: ScriptedOptions) {
    this.#greets = greets;
    const options = plushie({
      format: 'json',
      rendererPath: process.execPath,
      rendererArgs: [relay, String(port)],
      env: { TMPDIR: place().path },
      diagnostics,
      ...(settings === undefined ? {} : { settings }),
    });
    this.pool = closing(createPool({ name: 'renderer', ...options }));
    // The pool is closed after this, and waits for the end of every session.
    closing({ close: () => (this.#confirms = true) });
  }

  static async start(options: ScriptedOptions = {}): Promise<ScriptedRenderer> {
    const server = closing(createServer());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const renderer = new ScriptedRenderer((server.address() as AddressInfo).port, options);
    server.once('connection', (socket) => renderer.#connect(socket));
    return renderer;
  }

  #connect(socket: Socket): void {
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => this.#hear(JSON.parse(line) as Message));
  }

  #hear(message: Message): void {
    this.heard.push(message);
    if (this.#greets && this.heard.length === 1) this.say(hello);
    if (this.#confirms && message.type === 'reset') this.say(sessionClosed(message.session));
    this.#ear.emit('news');
  }

  say(message: object): void {
    this.#socket?.write(`${JSON.stringify(message)}\n`);
  }

  /** What Carpool wrote in one session. */
  heardIn(session: string): Message[] {
    return this.heard.filter((message) => message.session === session);
  }

  /** Waits for this number of messages of the type. @returns the last one */
  async hears(type: string, times = 1): Promise<Message> {
    for (;;) {
      const found = this.heard.filter((message) => message.type === type);
      const last = found.at(-1);
      if (last !== undefined && found.length >= times) return last;
      await once(this.#ear, 'news');
    }
  }

  /** A second session, by which a test sees how far both sides have read. */
  async bystander(): Promise<Bystander> {
    const session = await this.pool.register();
    let rounds = 0;
    return {
      /** When it resolves, Carpool has read all that was said before, and all that it then sent has been heard. */
      round: async () => {
        this.say({ type: 'event', family: 'click', session: session.id, id: `${++rounds}` });
        await session.event();
        session.send({ type: 'advance_frame', timestamp: rounds });
        await this.hears('advance_frame', rounds);
      },
    };
  }
}

export interface Bystander {
  round(): Promise<void>;
}

export const hello = { type: 'hello', session: '', protocol_version: 1, version: '0.7.1' };

export function sessionClosed(session: string): object {
  return { type: 'event', family: 'session_closed', session, id: '', data: {} };
}
