/**
 * A process that holds many sessions: the other end of `childProtocol`. Carpool's own words carry the field `carpool`; all
 * other messages are the user's.
 */
import { loadCodec } from '../codec/codecs.ts';
import { defaultLimits, type Codec } from '../codec/codec.ts';
import { describeMessage } from '../codec/describe.ts';
import { isRecord } from '../codec/fields.ts';
import { complain, writeFrame, written } from './output.ts';
import { ServedSession, type WireId } from './served-session.ts';
import type { ChildMessage, ServeOptions } from './types.ts';

/**
 * Serves sessions on stdin and stdout until stdin ends; then it closes them, and ends the process. Call it when the process
 * is ready: the hello is sent when Carpool asks for it, which it does at once.
 * @example
 * serve({
 *   open: () => new Map(),
 *   message: ({ state }, { cell, value }) => void state.set(cell, value),
 *   request: ({ state }, { cell }) => ({ type: 'value', value: state.get(cell) }),
 * });
 */
export function serve<State = undefined, Params = unknown>(options: ServeOptions<State, Params>): void {
  const { codec = 'json-lines', maxFrameBytes = defaultLimits.maxFrameBytes } = options;
  void loadCodec(codec).then((loaded) => new Service(options, loaded, maxFrameBytes).listen());
}

class Service<State, Params> {
  readonly #options: ServeOptions<State, Params>;
  readonly #codec: Codec;
  readonly #limits: { readonly maxFrameBytes: number };
  readonly #sessions = new Map<WireId, ServedSession<State, Params>>();
  /** Sessions begin with `open`. Otherwise, as with `protocol: {}`, one begins with its first message. */
  #opens = false;

  constructor(options: ServeOptions<State, Params>, codec: Codec, maxFrameBytes: number) {
    this.#options = options;
    this.#codec = codec;
    this.#limits = { maxFrameBytes };
  }

  listen(): void {
    const { framing } = this.#codec;
    const unframer = framing.unframer(this.#limits);
    process.stdin.on('data', (chunk: Uint8Array) => {
      try {
        unframer.push(chunk, (payload) => this.#read(payload));
      } catch (thrown) {
        fatal('stdin cannot be read on', thrown);
      }
    });
    process.stdin.on('error', (error) => fatal('stdin cannot be read', error));
    process.stdin.on('end', () => void this.#end());
  }

  #read(payload: Uint8Array): void {
    const { framing, format } = this.#codec;
    let message: unknown;
    try {
      message = format.decode(payload);
    } catch (thrown) {
      // The next line can be read; after any other garbage, nothing says where the next frame begins.
      if (framing.lines !== true) throw thrown;
      return complain('a line on stdin is no message', thrown);
    }
    if (isRecord(message)) this.#take(message);
    else complain('a message on stdin is no object', describeMessage(message, 200));
  }

  #take(message: ChildMessage): void {
    const { carpool: word, session: id } = message;
    switch (word) {
      case 'hello':
        this.#opens = true;
        return this.#write({ ...this.#options.hello, carpool: 'hello' });
      case 'probe':
        return this.#write({ carpool: 'alive' });
      default:
    }
    if (typeof id !== 'string' && typeof id !== 'number')
      return complain('a message names no session', describeMessage(message, 200));
    const session = this.#sessions.get(id);
    switch (word) {
      case 'open':
        this.#opens = true;
        return void this.#open(id, message['params'] as Params | undefined);
      case 'close':
        return void this.#close(id, session);
      case 'cancel':
        return session?.cancel(message['id']);
      case 'unanswered':
        return session?.unanswered(message['id']);
      case undefined:
        return this.#deliver(id, session, message);
      default:
        return complain('a word of Carpool that this version does not know', describeMessage(message, 200));
    }
  }

  #deliver(id: WireId, session: ServedSession<State, Params> | undefined, message: ChildMessage): void {
    if (session !== undefined) return session.take(message);
    if (this.#opens) return complain(`session ${id} is not open, and gets`, describeMessage(message, 200));
    const first = this.#made(id);
    void first.begin();
    first.take(message);
  }

  async #open(id: WireId, params: Params | undefined): Promise<void> {
    const session = this.#made(id, params);
    // What could not be opened has said so. What ends before it is open is confirmed as closed.
    if ((await session.begin()) && !session.signal.aborted)
      this.#write({ ...session.opened, carpool: 'opened', session: id });
  }

  #made(id: WireId, params?: Params): ServedSession<State, Params> {
    const port = { write: (message: ChildMessage) => this.#write(message), forget: () => this.#sessions.delete(id) };
    const session = new ServedSession(id, params, this.#options, port);
    this.#sessions.set(id, session);
    return session;
  }

  async #close(id: WireId, session: ServedSession<State, Params> | undefined): Promise<void> {
    this.#sessions.delete(id);
    const failed = await session?.end();
    this.#write(
      failed === undefined ? { carpool: 'closed', session: id } : { ...failed, carpool: 'unclosed', session: id },
    );
  }

  async #end(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map((session) => session.end()));
    await written();
    process.exit();
  }

  #write(message: ChildMessage): void {
    const payload = this.#codec.format.encode(message);
    const { head, tail } = this.#codec.framing.frame(payload, this.#limits);
    writeFrame([head, payload, tail]);
  }
}

function fatal(what: string, thrown: unknown): never {
  complain(what, thrown);
  process.exit(1);
}
