/** Calls for a session on a language server, typed as the protocol is published. */
import type { CallOptions, RequestOptions, Session } from 'carpool';
import { CarpoolError } from 'carpool/adapter/realm';
import type {
  Diagnostic,
  DocumentDiagnosticReport,
  InitializeResult,
  PublishDiagnosticsParams,
  TextDocumentContentChangeEvent,
} from 'vscode-languageserver-protocol';
import { answererOf, type Answerer, type PromisedAnswers } from '../answerer.ts';
import type { JsonRpcAnswer, JsonRpcEvent, JsonRpcMessages } from '../messages.ts';
import type { LspNotificationMethod, LspParams, LspRequestMethod, LspResult } from './methods.ts';
import { rpc } from './rpc.ts';

/** A session on a language server. */
export type LspSession = Session<JsonRpcMessages>;

/** What the server has said of itself, and the root in which sessions have their documents. */
export interface LspHello extends InitializeResult {
  /** The URI of `root`. */
  readonly rootUri: string;
}

/** What the server finds wrong in a document. */
export type Diagnostics = readonly Diagnostic[];

/** What `diagnostics` takes. */
export interface DiagnosticsOptions extends CallOptions {
  /**
   * For a server that publishes more than once for a text: waits for what this accepts. Default: what comes first. Where
   * the server is asked instead, it is asked once, and this is not called.
   */
  readonly until?: (diagnostics: Diagnostics) => boolean;
}

/** A session, called by method. Documents are named by a path below `root`, or by a URI. */
export interface Lsp {
  /** The session itself. */
  readonly session: LspSession;
  /** What the server can do, and `rootUri`. */
  readonly hello: LspHello;
  /**
   * The URI of a document: `uri('src/a.ts')`. A URI is returned as it is.
   * @throws CarpoolError SESSION_MISUSED for a path that is not below `root`: `/etc/a.css`, `../a.css`
   */
  uri(document: string): string;
  /**
   * Sends a request, and resolves with its result. Methods that the published protocol does not know take and give
   * `unknown`.
   * @throws CarpoolError as `session.request`; SESSION_REFUSED with the code and the text of an error of the server
   */
  request<Method extends LspRequestMethod>(
    method: Method,
    ...params: LspParams<Method> extends undefined
      ? [params?: undefined, options?: Omit<RequestOptions, 'expect'>]
      : [params: LspParams<Method>, options?: Omit<RequestOptions, 'expect'>]
  ): Promise<LspResult<Method>>;
  /** As above, for a method of this server. */
  request<Method extends string>(
    method: Method extends LspRequestMethod ? never : Method,
    params?: unknown,
    options?: Omit<RequestOptions, 'expect'>,
  ): Promise<unknown>;
  /** Sends a message that has no reply. @throws CarpoolError as `session.send` */
  notify<Method extends LspNotificationMethod>(
    method: Method,
    ...params: LspParams<Method> extends undefined ? [] : [params: LspParams<Method>]
  ): void;
  /** As above, for a method of this server. */
  notify<Method extends string>(method: Method extends LspNotificationMethod ? never : Method, params?: unknown): void;
  /**
   * Opens a document with this text. Its session closes it, if the test does not.
   * @returns its URI
   * @throws CarpoolError as `uri`
   */
  open(document: string, text: string, languageId: string): string;
  /** Changes an open document: to another text, or in parts. @throws CarpoolError SESSION_MISUSED if it is not open */
  change(document: string, change: string | readonly TextDocumentContentChangeEvent[]): void;
  /** Closes a document. @throws CarpoolError SESSION_MISUSED if it is not open */
  close(document: string): void;
  /**
   * What the server finds wrong in the present text of an open document. A server that offers `textDocument/diagnostic` is
   * asked; of another one, what it publishes for this version is awaited, and kept for the next call. If it names no
   * versions, that is what it publishes next after `open` or `change`.
   * @throws CarpoolError SESSION_MISUSED if it is not open; REQUEST_TIMEOUT, and as `request`
   */
  diagnostics(document: string, options?: DiagnosticsOptions): Promise<Diagnostics>;
  /**
   * The params of the next notification of this method for which `matches` is true; other notifications stay for later.
   * @throws CarpoolError as `session.event`
   */
  notification<Method extends LspNotificationMethod>(
    method: Method,
    matches?: (params: LspParams<Method>) => boolean,
    options?: CallOptions,
  ): Promise<LspParams<Method>>;
  /** As above, for a method of this server, and for `$/progress`. */
  notification<Method extends string>(
    method: Method extends LspNotificationMethod ? never : Method,
    matches?: (params: unknown) => boolean,
    options?: CallOptions,
  ): Promise<unknown>;
  /**
   * Answers the questions of the server that name a document of this session: a function for each method, with the
   * published types, or one for all. A question for which there is none, or for which it returns `undefined`, is refused as
   * unknown. A second call replaces the answerer.
   * @example
   * server.answer({ 'workspace/applyEdit': ({ edit }) => ({ applied: edit.changes !== undefined }) });
   */
  answer(answerer: Answerer | PromisedAnswers): void;
}

interface OpenDocument {
  version: number;
  /** What the server has published for this version. */
  published: Diagnostics | undefined;
}

/**
 * Calls for a session on a language server. Each call with one session returns the same object, which counts the versions of
 * its documents.
 * @example
 * const server = lsp(session);
 * server.open('a.ts', 'const a: number = "";', 'typescript');
 * const [diagnostic] = await server.diagnostics('a.ts');
 */
export function lsp(session: LspSession): Lsp {
  const there = helpers.get(session);
  if (there !== undefined) return there;
  const made = makeLsp(session);
  helpers.set(session, made);
  return made;
}

/** Open documents that an error names. */
const mostNamed = 8;

const helpers = new WeakMap<LspSession, Lsp>();

function makeLsp(session: LspSession): Lsp {
  const hello = session.hello as LspHello;
  const calls = rpc(session);
  const documents = new Map<string, OpenDocument>();

  const uri = (document: string): string => {
    if (/^[A-Za-z][\w+.-]+:/.test(document)) return document;
    if (/^(?:[/\\]|[A-Za-z]:)/.test(document) || leavesRoot(document))
      throw misused(
        `Cannot name ${document}: it is not below root, ${hello.rootUri}; name a document by its path from there, or by its URI`,
      );
    return `${hello.rootUri}/${encodeURI(document).replaceAll(/[?#]/g, encodeURIComponent)}`;
  };

  const documentOf = (call: string, document: string): readonly [string, OpenDocument] => {
    const name = uri(document);
    const there = documents.get(name);
    if (there !== undefined) return [name, there];
    const open =
      documents.size === 0 ? 'nothing is' : `open are ${[...documents.keys()].slice(0, mostNamed).join(', ')}`;
    throw misused(
      `Cannot ${call} ${name}: it is not open in session ${session.id}, ${open}; call \`open\` with its text first`,
    );
  };

  const pulled = async (name: string, options: DiagnosticsOptions): Promise<Diagnostics> => {
    const call: CallOptions & { until?: unknown } = { ...options };
    delete call.until;
    const report = await calls.request('textDocument/diagnostic', { textDocument: { uri: name } }, call);
    return (report as DocumentDiagnosticReport & { items?: Diagnostics }).items ?? [];
  };

  const pushed = (name: string, document: OpenDocument, options: DiagnosticsOptions): Promise<Diagnostics> => {
    const { until = () => true, ...call } = options;
    if (document.published !== undefined && until(document.published)) return Promise.resolve(document.published);
    const { version } = document;
    const matches = (event: JsonRpcEvent): boolean => {
      if (event.method !== 'textDocument/publishDiagnostics') return false;
      const params = event.params as PublishDiagnosticsParams;
      if (params.uri !== name || (params.version ?? version) !== version) return false;
      return until(params.diagnostics);
    };
    return session.event(matches, call).then(({ params }) => {
      const { diagnostics } = params as PublishDiagnosticsParams;
      if (document.version === version) document.published = diagnostics;
      return diagnostics;
    });
  };

  return {
    session,
    hello,
    uri,
    request: calls.request as Lsp['request'],
    notify: calls.notify as Lsp['notify'],
    notification: calls.notification as Lsp['notification'],

    open(document, text, languageId) {
      const name = uri(document);
      documents.set(name, { version: 1, published: undefined });
      calls.notify('textDocument/didOpen', { textDocument: { uri: name, languageId, version: 1, text } });
      return name;
    },

    change(document, change) {
      const [name, open] = documentOf('change', document);
      open.version += 1;
      open.published = undefined;
      const contentChanges = typeof change === 'string' ? [{ text: change }] : change;
      calls.notify('textDocument/didChange', { textDocument: { uri: name, version: open.version }, contentChanges });
    },

    close(document) {
      const [name] = documentOf('close', document);
      documents.delete(name);
      calls.notify('textDocument/didClose', { textDocument: { uri: name } });
    },

    diagnostics(document, options = {}) {
      try {
        const [name, open] = documentOf('look for diagnostics of', document);
        return hello.capabilities.diagnosticProvider === undefined
          ? pushed(name, open, options)
          : pulled(name, options);
      } catch (thrown) {
        return Promise.reject(thrown as Error);
      }
    },

    answer(answerer) {
      const answer = answererOf(answerer);
      session.answer(async ({ method, params }): Promise<JsonRpcAnswer> => {
        const result: unknown = await answer(method, params);
        if (result !== undefined) return { result };
        return { error: { code: -32_601, message: 'the session does not answer it' } };
      });
    },
  };
}

function misused(message: string): CarpoolError {
  return new CarpoolError('SESSION_MISUSED', message);
}

/** True for a path with more `..` than folders before them. */
function leavesRoot(path: string): boolean {
  let depth = 0;
  for (const part of path.split(/[/\\]/)) {
    if (part === '..') depth -= 1;
    else if (part !== '.' && part !== '') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}
