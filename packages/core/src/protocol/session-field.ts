/**
 * The protocol of a child that echoes a `session` field, described by plain data.
 *
 *   → {session: 's1', id: 'c7', type: 'query'}     ← {session: 's1', id: 'c7', type: 'answer'}     a reply: same id
 *                                                  ← {session: 's1', type: 'tick'}                 an event: no id
 *   → {session: 's1', type: 'reset'}               ← {session: 's1', type: 'closed'}               its end
 */
import { CarpoolError } from '../base/errors.ts';
import type { Fields, Scalar } from '../codec/codec.ts';
import { Frame } from '../codec/frame.ts';
import { foreignSessionError } from './foreign-session.ts';
import type {
  AnyMessages,
  Cancelled,
  Messages,
  Opened,
  Outgoing,
  ProtocolPort,
  Protocol,
  Refused,
  Route,
  SessionPort,
} from './protocol.ts';

/** Top-level fields and the values they must have: `{ type: 'hello' }`. */
export type Pattern = Readonly<Record<string, Scalar>>;

/** Every option, so that the compiler misses one that is not here. */
const everyOption: Readonly<Record<keyof SessionFieldOptions, true>> = {
  session: true,
  id: true,
  replyTo: true,
  idType: true,
  labelFields: true,
  hello: true,
  open: true,
  close: true,
  probe: true,
  steps: true,
  refusals: true,
  lost: true,
  asks: true,
  refuse: true,
  cancel: true,
  diagnostics: true,
};
/** The names of the options, to tell them from something else. */
export const sessionFieldNames: ReadonlySet<string> = new Set(Object.keys(everyOption));

/** The names in the options that are exchanges, and which of them is required. */
export const exchangeNames: Readonly<
  Partial<Record<keyof SessionFieldOptions, { readonly all: readonly string[]; readonly required: string }>>
> = {
  hello: { all: ['send', 'expect', 'version'], required: 'expect' },
  open: { all: ['send', 'expect', 'params'], required: 'send' },
  close: { all: ['send', 'expect', 'failed'], required: 'send' },
  probe: { all: ['send', 'expect'], required: 'send' },
};

/** How a child that echoes a `session` field talks. */
export interface SessionFieldOptions {
  /** The field that names the session. Default `session`. */
  readonly session?: string;
  /** The field that ties a reply to its request. Default `id`. */
  readonly id?: string;
  /** The field in which a reply, a step or a refusal names its request, and an answer its question. Default: that of `id`. */
  readonly replyTo?: string;
  /** What the ids of requests are. Default `string`. */
  readonly idType?: 'string' | 'number';
  /** What a request is called in errors: paths in the message, see `Protocol.labelFields`. Default `['type']`. */
  readonly labelFields?: readonly string[];
  /** How the child says hello. Without it a started child is a ready child. */
  readonly hello?: {
    /** Sent first. Without it the child speaks first. */
    readonly send?: Readonly<Record<string, unknown>>;
    readonly expect: Pattern;
    /** Fields that must have these values, else CHILD_VERSION: `{ version: 2 }`. */
    readonly version?: Pattern;
  };
  /** Sent when a session begins. With `expect`, the session is open when such a message has come, which is `session.opened`. */
  readonly open?: {
    readonly send: Readonly<Record<string, unknown>>;
    readonly expect?: Pattern;
    /** The field that carries what `register`, or a fixture, was given as `params`. Without it the child does not get that. */
    readonly params?: string;
  };
  /** Sent when a session ends. Without it the child does not learn of it, and a slot is free at once. */
  readonly close?: {
    readonly send: Readonly<Record<string, unknown>>;
    readonly expect?: Pattern;
    /** Comes in place of `expect` where the child could not end the session; its text is shown, and the slot quarantined. */
    readonly failed?: Pattern;
  };
  /**
   * Sent outside any session when the child has not confirmed the end of one; a message like `expect`, or without it any
   * message, says that the child is alive. If none comes within `probeTimeout` of the pool, the child is replaced.
   */
  readonly probe?: { readonly send: Readonly<Record<string, unknown>>; readonly expect?: Pattern };
  /** Messages of the child that precede a reply under the same id. */
  readonly steps?: readonly Pattern[];
  /** Replies that refuse the request. Their `error`, `message` and `code` fields go into the error. */
  readonly refusals?: readonly Pattern[];
  /** Messages by which the child ends a session on its own account. */
  readonly lost?: readonly Pattern[];
  /** Messages by which the child asks, and waits for a message with the same id. */
  readonly asks?: readonly Pattern[];
  /** Sent with the id of a question that gets no answer, in place of one. Without it the child gets nothing. */
  readonly refuse?: Readonly<Record<string, unknown>>;
  /** Sent with the id of a request whose reply is no longer awaited. Without it the child does not learn that. */
  readonly cancel?: Readonly<Record<string, unknown>>;
  /**
   * Messages in which the child finds fault with what a session sent; `diagnostics` of the pool says what they do. Their
   * `error`, `message` and `code` fields are shown.
   */
  readonly diagnostics?: readonly Pattern[];
}

/**
 * The protocol of a child that puts a `session` field into every message.
 * @param options Plain data; checked when the config is loaded.
 * @example
 * sessionField({ close: { send: { type: 'reset' }, expect: { type: 'closed' } } });
 */
export function sessionField<M extends Messages = AnyMessages>(options: SessionFieldOptions = {}): Protocol<M> {
  const { session: sessionName = 'session', id: idName = 'id', idType = 'string' } = options;
  const { replyTo: replyName = idName } = options;
  const names = fieldNames(options, [sessionName, idName, replyName]);
  const { hello, open, close, probe } = options;
  const protocol: Protocol<M> = {
    name: 'session-field',
    sessionField: sessionName,
    ...(idType === 'string' && { idField: idName }),
    ...(options.labelFields !== undefined && { labelFields: options.labelFields }),

    async open(port: SessionPort): Promise<Opened> {
      port.adopt(port.freshId);
      const opened =
        open === undefined ? undefined : await exchange(port, withParams(open, port.params), 'open.expect');
      return {
        opened,
        wireId: port.freshId,
        async close(ending: SessionPort) {
          if (close !== undefined) await endOf(ending, close);
        },
      };
    },

    route(frame: Frame): Route {
      const fields = frame.fields(names);
      const to = sessionIn(fields, sessionName);
      if (anyMatch(options.diagnostics, fields)) return { as: 'diagnostic', to, diagnostic: refusalIn(frame) };
      if (to !== undefined && anyMatch(options.lost, fields))
        return { as: 'lost', to, gone: true, refusal: refusalIn(frame) };
      const asked = keyIn(fields, idName);
      if (asked !== undefined && anyMatch(options.asks, fields)) return { as: 'ask', to, key: asked };
      const key = replyName === idName ? asked : keyIn(fields, replyName);
      if (key === undefined) return { as: 'event', to };
      if (anyMatch(options.steps, fields)) return { as: 'step', to, key };
      if (anyMatch(options.refusals, fields)) return { as: 'refusal', to, key, refusal: refusalIn(frame) };
      return { as: 'reply', to, key };
    },

    address({ kind, frame, wireId, call, key, owns }: Outgoing) {
      const present = frame.fields(names);
      const stamps: Record<string, Scalar> = {};
      if (wireId !== undefined) {
        const named = present[sessionName];
        if (named !== undefined && named !== '' && named !== wireId && !owns(named as string))
          throw foreignSessionError(sessionName, named, wireId);
        stamps[sessionName] = wireId;
      }
      if (kind === 'send') return { frame: frame.with(stamps) };
      const own = present[idName];
      if (kind === 'request' && own !== undefined) return { frame: frame.with(stamps), key: String(own) };
      const id = kind === 'answer' ? (key ?? '') : idType === 'number' ? call : `c${call}`;
      stamps[kind === 'answer' ? replyName : idName] = idType === 'number' ? Number(id) : id;
      return { frame: frame.with(stamps), key: String(id) };
    },
  };
  const { cancel, refuse } = options;
  /** A message that names a session, and in this field a request or question of it. */
  const about = (message: object, field: string, { wireId, key, format }: Cancelled): Frame => {
    const session = wireId === undefined ? {} : { [sessionName]: wireId };
    return Frame.of({ ...message, ...session, [field]: idType === 'number' ? Number(key) : key }, format);
  };
  return {
    ...protocol,
    ...(cancel !== undefined && { cancel: (request: Cancelled) => about(cancel, idName, request) }),
    ...(refuse !== undefined && { refuse: (question: Refused) => about(refuse, replyName, question) }),
    ...(hello !== undefined && { hello: (root: ProtocolPort) => greet(root, hello) }),
    ...(probe !== undefined && { probe: (root: ProtocolPort) => probed(root, probe) }),
  };
}

async function probed(root: ProtocolPort, { send, expect }: NonNullable<SessionFieldOptions['probe']>): Promise<void> {
  root.send(send);
  await root.next((message) => expect === undefined || matches(expect, message), expect, 'probe.expect');
}

async function greet(root: ProtocolPort, hello: NonNullable<SessionFieldOptions['hello']>): Promise<unknown> {
  if (hello.send !== undefined) root.send(hello.send);
  const said = await root.next((message) => matches(hello.expect, message), hello.expect, 'hello.expect');
  for (const [name, wanted] of Object.entries(hello.version ?? {})) {
    const found = (said as Record<string, unknown>)[name];
    if (found !== wanted) {
      const text =
        found === undefined
          ? `The hello of the child has no field \`${name}\`, and the pool wants ${JSON.stringify(wanted)}: the process must say it there; with carpool/child or carpool_child it is a field of \`hello\` of \`serve\``
          : `The child says ${name} ${JSON.stringify(found)}, and the pool wants ${JSON.stringify(wanted)}`;
      throw new CarpoolError('CHILD_VERSION', text, { context: { field: name, found, wanted } });
    }
  }
  return said;
}

async function exchange(
  port: SessionPort,
  { send, expect }: { send: Readonly<Record<string, unknown>>; expect?: Pattern },
  option: string,
): Promise<unknown> {
  port.send(send);
  return expect === undefined ? undefined : await port.next((message) => matches(expect, message), expect, option);
}

/** @throws with the text of the child, if it could not end the session */
async function endOf(
  port: SessionPort,
  { send, expect, failed }: NonNullable<SessionFieldOptions['close']>,
): Promise<void> {
  port.send(send);
  if (expect === undefined) return;
  const fails = (message: unknown): boolean => failed !== undefined && matches(failed, message);
  const said = await port.next((message) => matches(expect, message) || fails(message), expect, 'close.expect');
  if (!fails(said)) return;
  const { code, message } = faultIn(said as Record<string, unknown>, JSON.stringify(said));
  throw new Error(code === undefined ? message : `${code}: ${message}`);
}

function withParams(
  { send, expect, params: field }: NonNullable<SessionFieldOptions['open']>,
  params: unknown,
): { send: Readonly<Record<string, unknown>>; expect?: Pattern } {
  const given = field === undefined || params === undefined ? send : { ...send, [field]: params };
  return { send: given, ...(expect !== undefined && { expect }) };
}

function keyIn(fields: Fields, name: string): string | undefined {
  const id = fields[name];
  return typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' ? String(id) : undefined;
}

function sessionIn(fields: Fields, name: string): string | number | undefined {
  const value = fields[name];
  // An empty session is how many children speak of themselves.
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? value : undefined;
}

function matches(pattern: Pattern, message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  return Object.entries(pattern).every(([name, value]) => (message as Record<string, unknown>)[name] === value);
}

function anyMatch(patterns: readonly Pattern[] | undefined, fields: Fields): boolean {
  return patterns !== undefined && patterns.some((pattern) => matches(pattern, fields));
}

function refusalIn(frame: Frame): { code?: string; message: string } {
  return faultIn(frame.message as Record<string, unknown>, frame.toString());
}

/** @param whole what is shown where no field says what is wrong */
function faultIn(
  { error, message, code }: Readonly<Record<string, unknown>>,
  whole: string,
): { code?: string; message: string } {
  const text = typeof error === 'string' ? error : typeof message === 'string' ? message : whole;
  return typeof code === 'string' ? { code, message: text } : { message: text };
}

/** All fields that routing looks at. One array for the life of the protocol: formats cache by its identity. */
function fieldNames(options: SessionFieldOptions, own: readonly string[]): readonly string[] {
  const patterns = [
    ...(options.steps ?? []),
    ...(options.refusals ?? []),
    ...(options.lost ?? []),
    ...(options.asks ?? []),
    ...(options.diagnostics ?? []),
  ];
  return [...new Set([...own, ...patterns.flatMap((pattern) => Object.keys(pattern))])];
}
