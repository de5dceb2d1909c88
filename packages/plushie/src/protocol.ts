/** What the messages of plushie-renderer 0.7.1 mean to Carpool; their types are in messages.ts. */
import {
  CarpoolError,
  foreignSessionError,
  Frame,
  type Fields,
  type Opened,
  type Outgoing,
  type Protocol,
  type ProtocolPort,
  type Refusal,
  type Route,
  type Scalar,
  type SessionPort,
} from 'carpool/protocol';
import { diagnosticIn, validateAgain } from './diagnostics.ts';
import { fieldNames, plushieGate } from './gate.ts';
import type { Hello, PlushieMessages, SessionError, SessionErrorCode, Settings } from './messages.ts';

export interface PlushieProtocolOptions {
  readonly protocolVersion: number;
  readonly settings: Settings | undefined;
  /** The renderer checks the properties of every tree. It is a switch of the whole process. */
  readonly validateProps: boolean;
  readonly ignoreDiagnostics: readonly string[];
}

/** Nothing follows. */
const closedAtOnce: ReadonlySet<SessionErrorCode> = new Set([
  'max_sessions_reached',
  'session_channel_closed',
  'writer_dead',
  'renderer_panic',
]);
/** After these the renderer still says `session_closed`. */
const closedLater: ReadonlySet<SessionErrorCode> = new Set([
  'host_disconnect',
  'session_backpressure_overflow',
  'session_panic',
]);

export function plushieProtocol(options: PlushieProtocolOptions): Protocol<PlushieMessages> {
  const { settings, validateProps } = options;
  // Fonts belong to the process. It takes 256 of them, and counts one that is sent twice as two (seen). They are no part of
  // the greeting, which renderers after 0.7.1 hand to every session (seen).
  const { fonts, ...ofEverySession } = settings ?? {};
  return {
    name: 'plushie',
    sessionField: 'session',
    idField: 'id',

    async hello(root) {
      const hello = await greet(root, { ...options, settings: ofEverySession });
      if (fonts !== undefined) await loadFonts(root, fonts);
      return hello;
    },

    open(port: SessionPort): Opened {
      port.adopt(port.freshId);
      const begin = (): void => {
        // The settings of the greeting reach only the first session (seen).
        if (settings !== undefined) port.send({ type: 'settings', settings: ofEverySession });
      };
      begin();
      const gate = plushieGate({ ask: (request) => void port.request(request).catch(nothing), begin });
      return {
        wireId: port.freshId,
        gate,
        beginsAnew: (frame) => gate.resetting && endsAtReset(frame),
        async close(ending) {
          // If the renderer has ended the session, or is about to, a reset would begin a new one under the same name.
          if (!ending.lost && !gate.resetting) {
            if (validateProps) ending.send(validateAgain);
            ending.send(reset);
          }
          await ending.gone;
        },
      };
    },

    route(frame: Frame): Route {
      const fields = frame.fields(fieldNames);
      const { session } = fields;
      const to = typeof session === 'string' && session !== '' ? session : undefined;
      const diagnostic = diagnosticIn(fields, frame, options.ignoreDiagnostics);
      if (diagnostic !== undefined) return { as: 'diagnostic', to, diagnostic };
      return to === undefined ? { as: 'event', to } : routeTo(to, frame);
    },

    address({ kind, frame, wireId, call }: Outgoing) {
      if (wireId === undefined) return { frame };
      const fields = frame.fields(fieldNames);
      const { session, type, id } = fields;
      // An empty one is how a runtime that has a renderer to itself addresses it.
      if (session !== undefined && session !== '' && session !== wireId)
        throw foreignSessionError('session', session, wireId);
      const stamps = { session: wireId };
      if (kind === 'send') {
        // Without an id the renderer would drop it, and the gate would wait for ever.
        if (type === 'reset' && id === undefined) return { frame: frame.with({ ...reset, ...stamps }) };
        return { frame: frame.with(stamps) };
      }
      if (type === 'register_effect_stub' || type === 'unregister_effect_stub') {
        return { frame: frame.with(stamps), key: `${type}:${String(fields['kind'])}` };
      }
      if (type === 'widget_op' || type === 'image_op') return tagged(frame, `c${call}`, stamps);
      if (id !== undefined) return { frame: frame.with(stamps), key: String(id) };
      return { frame: frame.with({ ...stamps, id: `c${call}` }), key: `c${call}` };
    },
  };
}

/** The first exchange with a renderer. @throws CarpoolError CHILD_VERSION */
export async function greet(root: ProtocolPort, options: PlushieProtocolOptions): Promise<Hello> {
  const { protocolVersion, settings, validateProps } = options;
  const checks = validateProps ? { validate_props: true } : {};
  const greeting = { ...checks, ...settings, protocol_version: protocolVersion };
  root.send({ type: 'settings', session: '', settings: greeting });
  const hello = (await root.next(isHello)) as Hello;
  if (hello.protocol_version !== protocolVersion) throw versionError(hello, protocolVersion);
  return hello;
}

/** What a message means to the session that it belongs to. */
export function routeTo(to: string, frame: Frame): Route {
  const fields = frame.fields(fieldNames);
  const { type } = fields;
  if (type === 'event') return eventRoute(to, fields, frame);
  const key = replyKey(fields);
  if (key === undefined) return { as: 'event', to };
  return { as: type === 'interact_step' ? 'step' : 'reply', to, key };
}

/** A session that ends before that of any test begins. */
async function loadFonts(root: ProtocolPort, fonts: NonNullable<Settings['fonts']>): Promise<void> {
  root.send({ type: 'settings', session: '', settings: { fonts } });
  root.send({ ...reset, session: '' });
  await root.next(isClosed);
}

const nothing = (): void => {};

/** Ends a session. */
const reset = { type: 'reset', id: 'reset' };

function isHello(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'hello';
}

function isClosed(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'family' in message && message.family === 'session_closed';
}

function versionError({ version, protocol_version: found }: Hello, wanted: number): CarpoolError {
  const text = `plushie-renderer ${version} speaks protocol version ${found}, and the pool wants ${wanted}`;
  return new CarpoolError('CHILD_VERSION', text, { context: { found, wanted } });
}

function eventRoute(to: string, { family }: Fields, frame: Frame): Route {
  if (family === 'session_closed') return { as: 'lost', to, gone: true };
  if (family !== 'session_error') return { as: 'event', to };
  const { data, value } = frame.message as SessionError;
  const { code, error } = data ?? value ?? { code: 'session_panic', error: 'the renderer gave no reason' };
  // The session lives on; so it does after what a newer renderer may say: if not, `session_closed` follows.
  const gone = closedAtOnce.has(code);
  if (!gone && !closedLater.has(code)) return { as: 'diagnostic', to, diagnostic: { code, message: error } };
  const refusal: Refusal = { code, message: error };
  return { as: 'lost', to, gone, refusal };
}

/** The end that a reset asked for, and what the renderer may say before it: that it gave up an interaction (seen). */
function endsAtReset(frame: Frame): boolean {
  if (frame.fields(fieldNames)['family'] === 'session_closed') return true;
  const { data, value } = frame.message as SessionError;
  const code = (data ?? value)?.code;
  return code !== undefined && closedLater.has(code);
}

/** Stubs are acknowledged by kind, operations by tag, everything else by id. */
function replyKey({ type, id, kind, tag }: Fields): string | undefined {
  switch (type) {
    case 'effect_stub_register_ack':
      return `register_effect_stub:${String(kind)}`;
    case 'effect_stub_unregister_ack':
      return `unregister_effect_stub:${String(kind)}`;
    case 'op_query_response':
      return `tag:${String(tag)}`;
    default:
      return id === undefined ? undefined : String(id);
  }
}

/** The tag is inside the payload, so this message has to be decoded and encoded again. */
function tagged(frame: Frame, fresh: string, stamps: Readonly<Record<string, Scalar>>): { frame: Frame; key: string } {
  const message = frame.message as { readonly payload?: { readonly tag?: string } };
  const tag = message.payload?.tag ?? fresh;
  const payload = { ...message.payload, tag };
  return { frame: Frame.of({ ...message, payload }, frame.format).with(stamps), key: `tag:${tag}` };
}
