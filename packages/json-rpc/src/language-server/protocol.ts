/** What the messages of a language server mean: one `initialize` for all, and documents of its own for each session. */
import {
  CarpoolError,
  Frame,
  isCarpoolError,
  type LoggedError,
  type Opened,
  type Outgoing,
  type Protocol,
  type ProtocolPort,
  type Route,
  type SessionPort,
} from 'carpool/protocol';
import type { InitializeParams, InitializeResult } from 'vscode-languageserver-protocol';
import { Calls, fieldNames, keyOf, routeOf, unanswered } from '../calls.ts';
import { listenersOf, listeningOf, type Listening } from '../listening.ts';
import type { JsonRpcEvent, JsonRpcMessages, JsonRpcRequest } from '../messages.ts';
import type { Answerer } from '../answerer.ts';
import { defaultAnswer, type Settings } from './answers.ts';
import { registeredIn } from './registrations.ts';
import { Documents, type DocumentParams } from './documents.ts';
import { initializeParams } from './initialize.ts';
import { keep, remove, sweep } from './left-folders.ts';
import { Place } from './place.ts';
import { loggedIn, mayLog, type LoggedErrors } from './logged.ts';
import { ownerOf, Progress, withTokens } from './progress.ts';
import { sessionFolder } from './session-folder.ts';
import { mapStrings } from './strings.ts';

export interface LanguageServerProtocolOptions {
  /** The folder in which sessions have their documents; it is known as soon as the server was started. */
  readonly root: () => string;
  /** Below `root`, the folder in which those of sessions are. */
  readonly sessionFolder: string | undefined;
  /** A session has a folder on disk. */
  readonly linked: boolean;
  readonly initialize: Partial<InitializeParams>;
  /** Sent once, and the answers to questions for settings. */
  readonly settings: Settings | undefined;
  /** Notifications after `initialized`. */
  readonly initialized: readonly JsonRpcRequest[];
  readonly answer: Answerer | undefined;
  readonly notifications: Listening;
  readonly loggedErrors: LoggedErrors;
  /** A request to which the server sends any reply at all. */
  readonly confirm: JsonRpcRequest;
}

interface OpenSession {
  readonly documents: Documents;
  readonly listening: Listening;
}

/** What names a request in errors: its method, and its document, or what else it is about. */
const labelFields = [
  'method',
  'params.textDocument.uri',
  'params.item.uri',
  'params.uri',
  'params.command',
  'params.query',
  'params.label',
];

/** Types of `workspace/didChangeWatchedFiles`. */
const changeTypes = { created: 1, changed: 2, deleted: 3 } as const;

/** A protocol for one server. */
export function languageServerProtocol(options: LanguageServerProtocolOptions): Protocol<JsonRpcMessages> {
  const { linked, settings, initialized, notifications, confirm } = options;
  const calls = new Calls();
  const progress = new Progress();
  const sessions = new Map<string | number, OpenSession>();
  const configured: ReadonlySet<string> = new Set([...ofAllSessions, ...initialized.map(({ method }) => method)]);

  /** Capabilities that the server has registered. */
  const registered: { diagnosticProvider?: unknown } = {};
  let known: Place | undefined;
  const placed = (): Place => (known ??= new Place(options.root(), options.sessionFolder));

  const answerOf = (method: string, params: unknown): unknown => {
    const own = options.answer?.(method, params);
    return own === undefined ? defaultAnswer(method, params, { root: placed().realUri, settings }) : own;
  };

  /** Any reply will do: the server has read what was sent before. */
  const confirmed = async (root: ProtocolPort): Promise<void> => {
    try {
      await root.request(confirm);
    } catch (thrown) {
      if (!isCarpoolError(thrown) || thrown.code !== 'SESSION_REFUSED') throw thrown;
    }
  };

  /** The one open session whose folder the message names. */
  const sessionIn = (message: unknown): string | undefined => {
    const place = placed();
    const named = new Set<string>();
    mapStrings(message, (text) => {
      if (text.includes(place.mark)) for (const session of place.sessionsIn(text)) named.add(session);
      return text;
    });
    const [session] = named;
    return named.size === 1 ? session : undefined;
  };

  /** As the session writes it, or if it is for none, without their folders. */
  const shown = (frame: Frame, to: string | number | undefined): Frame => {
    const place = placed();
    if (!mentions(frame, place.mark)) return frame;
    const documents = to === undefined ? undefined : sessions.get(to)?.documents;
    const message =
      documents?.toSession(frame.message) ?? mapStrings(frame.message, (text) => place.withoutFolders(text));
    return Frame.of(message, frame.format);
  };

  /** Without the folders of sessions, so that one text is one warning. */
  const loggedOf = (method: string, frame: Frame): LoggedError | undefined =>
    mayLog(method) ? loggedIn(shown(frame, undefined).message as JsonRpcEvent, options.loggedErrors) : undefined;

  const routeNotification = (method: string, frame: Frame): Route => {
    if (method === '$/progress') {
      progress.reported((frame.message as JsonRpcRequest).params);
      const owner = ownerOf((frame.message as JsonRpcRequest).params);
      if (owner !== undefined && sessions.has(owner.session)) {
        const { session: to, params } = owner;
        return { as: 'event', to, frame: shown(Frame.of({ ...(frame.message as object), params }, frame.format), to) };
      }
    }
    const to = mentions(frame, placed().mark) ? sessionIn(frame.message) : undefined;
    if (to !== undefined) {
      // Its session has ended: servers still say that they find nothing any more in its documents.
      if (!sessions.has(to)) return { as: 'event', to: undefined };
      return { as: 'event', to, frame: shown(frame, to), logged: loggedOf(method, frame) };
    }
    const listening = [...sessions].map(([id, session]) => [id, session.listening] as const);
    return {
      as: 'broadcast',
      to: listenersOf(method, listening),
      frame: shown(frame, undefined),
      logged: loggedOf(method, frame),
    };
  };

  return {
    name: 'language-server',
    labelFields,

    activity() {
      const work = progress.describe();
      return work === undefined ? undefined : placed().withoutFolders(work);
    },

    async hello(root) {
      const place = placed();
      sweep(place);
      if (linked) keep(place);
      const reply = await root.request({ method: 'initialize', params: initializeParams(place, options.initialize) });
      root.send({ method: 'initialized', params: {} });
      if (settings !== undefined) root.send({ method: 'workspace/didChangeConfiguration', params: { settings } });
      for (const notification of initialized) root.send(notification);
      // What a server can do dynamically it registers before it answers this.
      await confirmed(root);
      const { capabilities, ...rest } = (reply as { readonly result: InitializeResult }).result;
      return { ...rest, capabilities: { ...registered, ...capabilities }, rootUri: place.uri };
    },

    open(port: SessionPort): Opened {
      const session = port.freshId;
      const place = placed();
      const { root } = port;
      port.adopt(session);
      const documents = new Documents({
        place,
        session,
        folder: linked ? sessionFolder(place.real, place.folderOf(session), place.leftOut) : undefined,
        changed: (uri, type) =>
          root.send({
            method: 'workspace/didChangeWatchedFiles',
            params: { changes: [{ uri, type: changeTypes[type] }] },
          }),
      });
      sessions.set(session, { documents, listening: listeningOf(port.params, notifications) });
      return {
        wireId: session,
        async close(ending) {
          for (const uri of documents.end())
            ending.send({ method: 'textDocument/didClose', params: { textDocument: { uri } } });
          try {
            await confirmed(ending.root);
          } finally {
            sessions.delete(session);
            calls.forget(session);
            progress.forget(session);
          }
          // What a server that has not confirmed may still read goes with that server.
          await documents.remove();
        },
      };
    },

    route(frame) {
      const { method, id } = frame.fields(fieldNames);
      if (typeof method !== 'string') {
        const reply = calls.reply(frame, id);
        return reply === undefined ? { as: 'unknown' } : routeOf({ ...reply, frame: shown(reply.frame, reply.to) });
      }
      if (typeof id !== 'string' && typeof id !== 'number') return routeNotification(method, frame);
      const named = mentions(frame, placed().mark) ? sessionIn(frame.message) : undefined;
      const to = named !== undefined && sessions.has(named) ? named : undefined;
      return { as: 'ask', to, key: keyOf(id), frame: shown(frame, to), logged: loggedOf(method, frame) };
    },

    address(outgoing: Outgoing) {
      const { wireId, kind } = outgoing;
      const documents = wireId === undefined ? undefined : sessions.get(wireId)?.documents;
      if (documents === undefined) return calls.address(outgoing);
      const message = outgoing.frame.message as Partial<JsonRpcRequest>;
      const { method, params } = message;
      if (method !== undefined && ofTheServer.has(method)) throw notOfSession(method);
      if (kind === 'send' && method !== undefined && configured.has(method)) throw notOfOneSession(method);
      const of = (params ?? {}) as DocumentParams;
      if (kind === 'send' && method === 'textDocument/didOpen') documents.opens(of);
      if (kind === 'send' && method === 'textDocument/didClose') documents.closes(of);
      const named = method === undefined ? message : { ...message, params: withTokens(method, params, String(wireId)) };
      const frame = Frame.of(documents.toServer(named), outgoing.frame.format);
      if (kind === 'send' && method === 'textDocument/didClose') documents.closed(of);
      return calls.address({ ...outgoing, frame });
    },

    answer(question) {
      const { method, params } = question as JsonRpcRequest;
      if (method === 'client/registerCapability') Object.assign(registered, registeredIn(params));
      const result = answerOf(method, params);
      return result === undefined ? undefined : { result };
    },

    refuse(question) {
      const { method, params } = question.frame.message as JsonRpcRequest;
      const result = answerOf(method, params);
      const documents = question.wireId === undefined ? undefined : sessions.get(question.wireId)?.documents;
      return unanswered(question, documents === undefined ? result : documents.toServer(result));
    },

    cancel: ({ key, format }) =>
      Frame.of({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: Number(key) } }, format),

    probe: confirmed,

    async goodbye(root) {
      remove(placed());
      await root.request({ method: 'shutdown' });
      root.send({ method: 'exit' });
    },
  };
}

/** What begins and ends the server that all sessions share. */
const ofTheServer: ReadonlySet<string> = new Set(['initialize', 'initialized', 'shutdown', 'exit']);

function notOfSession(method: string): CarpoolError {
  const message = `Cannot send ${JSON.stringify(method)}: the server is shared with other sessions, and Carpool sends it once; a session begins with \`register\`, and ends with its test or \`unregister\``;
  return new CarpoolError('SESSION_REFUSED', message, { scope: 'call', blame: 'test' });
}

/** What sets something for the whole server: the settings of one test would count in all others. */
const ofAllSessions: readonly string[] = ['workspace/didChangeConfiguration', 'json/schemaAssociations'];

function notOfOneSession(method: string): CarpoolError {
  const message = `Cannot send ${JSON.stringify(method)}: it would count for all sessions of the server; set it in the config, with \`settings\` or \`initialized\`, or make a pool for each set of settings`;
  return new CarpoolError('SESSION_REFUSED', message, { scope: 'call', blame: 'test' });
}

/** True if the text is somewhere in the message. */
function mentions(frame: Frame, text: string): boolean {
  const { buffer, byteOffset, length } = frame.bytes;
  return Buffer.from(buffer, byteOffset, length).includes(text);
}
