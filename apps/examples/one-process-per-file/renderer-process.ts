/**
 * A renderer started by hand, as test suites do it without Carpool: spawn, frame, greet, separate sessions, match
 * replies to requests, stop. It does only what the examples need: it has no deadlines, does not report why a
 * renderer died, and relies on the renderer to notice when its worker is killed.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { debuglog } from 'node:util';
import { mode, rendererArgs, rendererPath } from '../renderer.ts';

export interface Message {
  readonly type: string;
  readonly session?: string;
  readonly [field: string]: unknown;
}

/** Seen with `NODE_DEBUG=started`. */
const debug = debuglog('started');

export class RendererProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #sessions = new Map<string, RendererSession>();
  #opened = 0;

  private constructor() {
    const args = [...rendererArgs, `--${mode}`, '--json', '--max-sessions', '32'];
    this.#child = spawn(rendererPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    debug('started %d', this.#child.pid);
  }

  static async start(): Promise<RendererProcess> {
    const renderer = new RendererProcess();
    const lines = createInterface({ input: renderer.#child.stdout });
    renderer.write({ type: 'settings', session: '', settings: { protocol_version: 1 } });
    await once(lines, 'line'); // its hello
    lines.on('line', (line) => renderer.#read(JSON.parse(line) as Message));
    return renderer;
  }

  open(): RendererSession {
    const name = `s${++this.#opened}`;
    const session = new RendererSession(this, name);
    this.#sessions.set(name, session);
    return session;
  }

  write(message: Message): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.stdin.end();
    await exited;
  }

  #read(message: Message): void {
    this.#sessions.get(message.session ?? '')?.receive(message);
  }
}

/** The few calls of Carpool's session that the examples make. */
export class RendererSession {
  readonly #renderer: RendererProcess;
  readonly #name: string;
  readonly #waiting = new Map<string, (reply: Message) => void>();
  readonly #steps = new Map<string, Message[]>();
  readonly #unread: Message[] = [];
  #arrived: (() => void)[] = [];
  #asked = 0;
  #quiet: Promise<unknown> = Promise.resolve();
  #interacting = 0;

  constructor(renderer: RendererProcess, name: string) {
    this.#renderer = renderer;
    this.#name = name;
  }

  send(message: Message): void {
    this.#renderer.write({ ...message, session: this.#name });
  }

  async request(message: Message, { expect }: { expect?: string } = {}): Promise<Message> {
    // While an interaction is under way the renderer would swallow a request.
    while (this.#interacting > 0) await this.#quiet;
    const reply = await this.#ask(message);
    if (expect !== undefined && reply.type !== expect) throw new Error(`Expected ${expect}, got ${reply.type}`);
    return reply;
  }

  interact(message: Message): AsyncIterable<Message> & PromiseLike<Message> {
    const id = `i${++this.#asked}`;
    this.#steps.set(id, []);
    this.#interacting++;
    const response = this.#ask({ ...message, id }).finally(() => this.#interacting--);
    this.#quiet = response;
    return {
      [Symbol.asyncIterator]: () => this.#stepsOf(id, response),
      // oxlint-disable-next-line unicorn/no-thenable -- it is awaited for its response
      then: response.then.bind(response),
    };
  }

  async event(matches: (event: Message) => boolean = () => true): Promise<Message> {
    for (;;) {
      const at = this.#unread.findIndex(matches);
      const [event] = at < 0 ? [] : this.#unread.splice(at, 1);
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => this.#arrived.push(resolve));
    }
  }

  async *events(): AsyncGenerator<Message, void> {
    for (;;) yield await this.event();
  }

  /** Resolves when the renderer has confirmed it. */
  async close(): Promise<void> {
    this.send({ type: 'reset', id: 'reset' });
    await this.event(({ family }) => family === 'session_closed');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  receive(message: Message): void {
    const key = keyOf(message);
    if (message.type === 'interact_step') {
      this.#steps.get(key)?.push(message);
    } else if (message.type !== 'event' && this.#waiting.has(key)) {
      this.#waiting.get(key)?.(message);
      this.#waiting.delete(key);
    } else {
      this.#unread.push(message);
    }
    for (const wake of this.#arrived.splice(0)) wake();
  }

  #ask(message: Message): Promise<Message> {
    const asked = { id: `r${++this.#asked}`, ...message };
    return new Promise((resolve) => {
      this.#waiting.set(keyOf(asked), resolve);
      this.send(asked);
    });
  }

  async *#stepsOf(id: string, response: Promise<Message>): AsyncGenerator<Message, void> {
    const steps = this.#steps.get(id) ?? [];
    let over = false;
    const ended = response.then(() => (over = true));
    for (;;) {
      const step = steps.shift();
      if (step !== undefined) yield step;
      else if (over) return;
      else await Promise.race([ended, new Promise<void>((resolve) => this.#arrived.push(resolve))]);
    }
  }
}

/** Stubs are acknowledged by kind, everything else by id. */
function keyOf({ type, id, kind }: Message): string {
  const stub = /^(?:register_effect_stub|effect_stub_register_ack)$/.test(type)
    ? 'register'
    : /^(?:unregister_effect_stub|effect_stub_unregister_ack)$/.test(type)
      ? 'unregister'
      : undefined;
  return stub === undefined ? String(id) : `${stub} ${String(kind)}`;
}
