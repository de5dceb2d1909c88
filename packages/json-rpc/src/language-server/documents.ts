/** The documents of one session: which are open, and under which URI the server knows each. */
import { CarpoolError } from 'carpool/protocol';
import { pathIn, type Place } from './place.ts';
import type { SessionFolder } from './session-folder.ts';
import { mapStrings } from './strings.ts';

/** Params that hold the URI of a document, and its text where it is opened. */
export interface DocumentParams {
  readonly textDocument?: { readonly uri?: unknown; readonly text?: unknown };
}

export interface DocumentsOptions {
  readonly place: Place;
  /** Its id. */
  readonly session: string;
  /** Absent: nothing is on disk. */
  readonly folder: SessionFolder | undefined;
  /** The server learns that a file is there, has another text, or is gone. */
  readonly changed: (uri: string, type: 'created' | 'changed' | 'deleted') => void;
}

/** What the server gets back as it has sent it: only the server reads it, and it may hold paths. */
const ofServer: ReadonlySet<string> = new Set(['data', 'arguments']);
/** Tests may write `arguments` themselves. */
const unread: ReadonlySet<string> = new Set(['data']);

export class Documents {
  readonly #options: DocumentsOptions;
  /** Open documents: the session's URI, and the server's. */
  readonly #open = new Map<string, string>();
  /** The session's URIs, by what `keyOf` makes of the server's: servers escape other characters than their clients. */
  readonly #byServer = new Map<string, string>();
  #ending = false;

  constructor(options: DocumentsOptions) {
    this.#options = options;
  }

  /** The session ends: its whole folder will go. @returns the session's URIs of those that are open */
  end(): readonly string[] {
    this.#ending = true;
    return [...this.#open.keys()];
  }

  /** Before `textDocument/didOpen` is sent. @throws CarpoolError SESSION_REFUSED for a file outside of `root`, or one that cannot be made */
  opens({ textDocument }: DocumentParams): void {
    const { place, session, folder, changed } = this.#options;
    const { uri, text } = textDocument ?? {};
    if (typeof uri !== 'string') return; // for the server to judge
    const below = place.within(uri);
    if (below === undefined && uri.startsWith('file:')) throw outside(uri, place);
    const known = below === undefined ? place.otherUriOf(session, uri) : place.uriOf(session, below);
    // Of an empty folder the server knows nothing that could have changed; and to learn of it costs pyright 200 ms.
    const isFirst = this.#open.size === 0;
    const change = below === undefined || typeof text !== 'string' ? undefined : madeFile(folder, { uri, below, text });
    this.#open.set(uri, known);
    this.#byServer.set(keyOf(known), uri);
    if (change !== undefined && !isFirst) changed(known, change);
  }

  /** Before `textDocument/didClose` is sent. */
  closes({ textDocument }: DocumentParams): void {
    if (this.#ending) return;
    const { place, folder, changed } = this.#options;
    const uri = textDocument?.uri;
    const known = typeof uri === 'string' ? this.#open.get(uri) : undefined;
    if (typeof uri !== 'string' || known === undefined) return;
    const below = place.within(uri);
    const change = below === undefined ? undefined : folder?.closed(below);
    if (change !== undefined) changed(known, change);
  }

  /** After that. */
  closed({ textDocument }: DocumentParams): void {
    const uri = textDocument?.uri;
    if (typeof uri !== 'string') return;
    const known = this.#open.get(uri);
    this.#open.delete(uri);
    if (known !== undefined) this.#byServer.delete(keyOf(known));
  }

  /** A value of the session with the server's URIs. */
  toServer(value: unknown): unknown {
    return mapStrings(value, (text) => this.#known(text), unread);
  }

  /** A value of the server with the session's URIs, also inside of texts for people. */
  toSession(value: unknown): unknown {
    const { place } = this.#options;
    const own = (text: string): string => {
      if (!text.includes(place.mark)) return text;
      return this.#byServer.get(keyOf(text)) ?? place.withoutFolders(text);
    };
    return mapStrings(value, own, ofServer);
  }

  async remove(): Promise<void> {
    await this.#options.folder?.remove();
  }

  #known(text: string): string {
    const open = this.#open.get(text);
    if (open !== undefined || !text.startsWith('file:')) return open ?? text;
    const { place, session } = this.#options;
    const below = place.within(text);
    // In `arguments` the server's own URIs come back.
    if (below === undefined || text.includes(place.mark)) return text;
    const [, rest = ''] = /^[^?#]*(.*)$/s.exec(text) ?? [];
    return place.uriOf(session, below) + rest;
  }
}

interface NewFile {
  readonly uri: string;
  readonly below: string;
  readonly text: string;
}

/** @returns what happened to the file of the document @throws CarpoolError SESSION_REFUSED if it cannot have one */
function madeFile(folder: SessionFolder | undefined, { uri, below, text }: NewFile): 'created' | 'changed' | undefined {
  try {
    return folder?.opened(below, text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CarpoolError(
      'SESSION_REFUSED',
      `Cannot open ${uri}: its file in the folder of the session cannot be made: ${why}`,
      {
        scope: 'call',
        blame: 'setup',
        cause,
        context: { uri },
      },
    );
  }
}

function keyOf(uri: string): string {
  return pathIn(uri) ?? uri;
}

function outside(uri: string, place: Place): CarpoolError {
  const message = `Cannot open ${uri}: it is outside of \`root\`, ${place.uri}, where sessions have documents of their own`;
  return new CarpoolError('SESSION_REFUSED', message, {
    scope: 'call',
    blame: 'test',
    context: { uri, root: place.uri },
  });
}
