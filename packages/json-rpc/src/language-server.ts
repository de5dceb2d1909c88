/** A pool of sessions on one language server. */
import { contentLength, json, type Codec } from 'carpool/protocol';
import {
  checkPoolOptions,
  type CommandLookup,
  type IdentityLookup,
  type PoolIdentity,
  type PoolOptionNames,
  type PoolOptions,
} from 'carpool';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InitializeParams } from 'vscode-languageserver-protocol';
import { answererOf, type Answerer, type Answers } from './answerer.ts';
import type { Settings } from './language-server/answers.ts';
import { checkAnswers } from './language-server/check-answers.ts';
import { languageServerProtocol } from './language-server/protocol.ts';
import type { Listening } from './listening.ts';
import type { JsonRpcMessages, JsonRpcRequest } from './messages.ts';
import { wrongOption } from './wrong-option.ts';

/** The options of a pool, without those that the dialect sets itself, and those of language servers. */
export interface LanguageServerOptions extends Omit<PoolOptions<JsonRpcMessages>, 'codec' | 'protocol' | 'stdio'> {
  /**
   * The folder in which sessions open documents, as a path or a `file:` URL; the workspace of the server. A relative path
   * begins at `cwd`, which is the folder of the config file by default.
   */
  readonly root: string | URL;
  /**
   * What a session has on disk. `linked`: a folder with links to what is in `root`, and a file for each document that is in
   * none: then documents import each other and the files of `root`, and a server that reads configuration from the folders
   * above a document finds that of `root`. `virtual`: nothing, for servers that read only the documents that are open.
   * Default `linked`.
   */
  readonly folders?: 'linked' | 'virtual';
  /**
   * Where below `root` the folders of sessions are. Default `node_modules/.carpool`, because runners, watchers, git and most
   * servers look for nothing there. Pyright is faster with a folder in which it looks for modules.
   */
  readonly sessionFolder?: string;
  /**
   * Params of `initialize`, in place of those that Carpool sends: `initializationOptions`, `locale`, parts of
   * `capabilities`. Each part of `capabilities` is merged with Carpool's.
   */
  readonly initialize?: Partial<InitializeParams>;
  /**
   * Settings of the server, by section: `{ css: { validate: true } }`. They are sent once, as
   * `workspace/didChangeConfiguration`, and answer the server's `workspace/configuration`; a section that is not here is
   * `null`. Default: none are sent, and each section is `null`.
   */
  readonly settings?: Settings;
  /**
   * Notifications that the server gets once, after `initialized` and the settings: `json/schemaAssociations` and the like.
   * Sessions that send one of these methods are refused. Default none.
   */
  readonly initialized?: readonly JsonRpcRequest[];
  /**
   * Answers questions of the server that no session answers: a function for each method, with the published types,
   * `{ 'workspace/configuration': ({ items }) => items.map(() => ({})) }`, or one for all. It is called in the host, and
   * returns plain data, the `result`; `undefined`: what an editor without settings says. What it throws refuses the question.
   */
  readonly answer?: Answers | Answerer;
  /**
   * Which notifications that name no document sessions get: these methods, or all. A test may ask for others by
   * `register({ params: { notifications: ['window/logMessage'] } })`. Default false: none.
   */
  readonly notifications?: Listening;
  /**
   * What becomes of errors that the server only logs or shows: `window/logMessage`, `window/showMessage` and
   * `window/showMessageRequest` of the type Error. They are in the evidence of failing tests: where they name a document, of
   * its session. `warn`: each is also a warning of the pool, once for each text, five in a run. `evidence`: it is none.
   * Default `warn`.
   */
  readonly loggedErrors?: 'warn' | 'evidence';
  /**
   * A request to which the server sends any reply, an error too; it is sent at the end of a session, after its documents
   * were closed. Default `{ method: '$/carpool/confirm' }`, which servers refuse as unknown, as the specification demands.
   */
  readonly confirm?: JsonRpcRequest;
}

const codec: Codec = { name: 'json-rpc-headers', framing: contentLength, format: json };

const names: PoolOptionNames<LanguageServerOptions> = {
  own: {
    root: true,
    folders: true,
    sessionFolder: true,
    initialize: true,
    answer: true,
    notifications: true,
    loggedErrors: true,
    settings: true,
    initialized: true,
    confirm: true,
  },
  taken: { codec: true, protocol: true, stdio: true },
};

/**
 * The options of a pool of sessions on one language server, for `defineConfig` or `createPool`. It starts nothing.
 *
 * The server is initialized once; `session.hello` is what it said of itself, with `rootUri`. Each session has documents of
 * its own: it names them below `root`, as if it were alone, and the server knows each under another name.
 *
 * @throws CarpoolError CONFIG_INVALID if `root`, `folders`, `answer`, `loggedErrors` or `command` is something else, or there is no such option
 * @example
 * ```ts
 * import { languageServer } from '@carpool/json-rpc';
 * import { defineConfig } from 'carpool';
 *
 * export default defineConfig({
 *   pools: { typescript: languageServer({ command: 'tsc', args: ['--lsp', '--stdio'], root: 'fixtures/project' }) },
 * });
 * ```
 */
export function languageServer(options: LanguageServerOptions): PoolOptions<JsonRpcMessages> {
  checkPoolOptions('languageServer', options, names);
  const { root, folders = 'linked', sessionFolder, initialize = {}, answer, notifications = false, ...rest } = options;
  const { settings, initialized = [], confirm, identity, loggedErrors = 'warn', ...pool } = rest;
  const { command } = pool;
  if (typeof root !== 'string' && !(root instanceof URL))
    throw wrongOption('languageServer({ root })', root, 'a path, or a file: URL');
  if (folders !== 'linked' && folders !== 'virtual')
    throw wrongOption('languageServer({ folders })', folders, '"linked" or "virtual"');
  if (loggedErrors !== 'warn' && loggedErrors !== 'evidence')
    throw wrongOption('languageServer({ loggedErrors })', loggedErrors, '"warn" or "evidence"');
  checkAnswers(answer);
  if (typeof command !== 'string' && typeof command !== 'function')
    throw wrongOption('languageServer({ command })', command, 'a path, a name, or a function that returns one');
  const rootFrom = (folder: string): string =>
    typeof root === 'string' && !root.startsWith('file:') ? resolve(folder, root) : fileURLToPath(root);
  // Known as soon as the child is started.
  let base = process.cwd();
  return {
    ...pool,
    codec,
    // A server with the workspace of another folder is another server.
    identity: async (lookup: IdentityLookup): Promise<PoolIdentity> => {
      const { cwd, find } = lookup;
      const own = typeof identity === 'function' ? await identity(lookup) : identity;
      const isPath = typeof command === 'string' && /[/\\]/.test(command);
      const program = isPath ? resolve(cwd, command) : typeof command === 'string' ? find(command) : undefined;
      const unknown = own === undefined && program === undefined;
      return {
        files: [...(program === undefined ? [] : [program]), ...(own?.files ?? [])],
        folders: [rootFrom(cwd), ...(unknown ? [cwd] : []), ...(own?.folders ?? [])],
        value: {
          folders,
          sessionFolder,
          initialize,
          settings,
          initialized,
          answer,
          notifications,
          loggedErrors,
          confirm,
          own: own?.value,
        },
      };
    },
    command: (lookup: CommandLookup) => {
      base = lookup.cwd;
      return typeof command === 'string' ? command : command(lookup);
    },
    protocol: () =>
      languageServerProtocol({
        root: () => rootFrom(base),
        sessionFolder,
        linked: folders === 'linked',
        initialize,
        settings,
        initialized,
        answer: answer === undefined ? undefined : answererOf(answer),
        notifications,
        loggedErrors,
        confirm: confirm ?? { method: '$/carpool/confirm' },
      }),
  };
}
