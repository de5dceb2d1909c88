/** What an editor does with the text that is written in it; `|` in the text is where its cursor is. */

/** What both forms of the suite have: `lsp(session)` of Carpool, and a server of one's own. */
export interface Server {
  uri(document: string): string;
  open(document: string, text: string, languageId: string): string;
  change(document: string, text: string): void;
  diagnostics(document: string): Promise<readonly Diagnostic[]>;
  request(method: string, params: unknown): Promise<unknown>;
}

export interface Diagnostic {
  readonly message: string | { readonly value: string };
  readonly code?: number | string | undefined;
  readonly range: { readonly start: Position };
}

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Editor {
  /** Opens a document. */
  write(document: string, text: string): void;
  rewrite(document: string, text: string): void;
  /** The rule and the line, from 1, of each problem. */
  problems(document: string): Promise<readonly string[]>;
  /** Asks about what the cursor is at. */
  ask(method: string, document: string, more?: object): Promise<unknown>;
  uri(document: string): string;
}

export function editorOf(server: Server): Editor {
  const cursors = new Map<string, Position>();
  const withoutCursor = (document: string, text: string): string => {
    const before = text.split('|', 1)[0] ?? '';
    const lines = before.split('\n');
    cursors.set(document, { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 });
    return before + text.slice(before.length + 1);
  };
  return {
    write: (document, text) => void server.open(document, withoutCursor(document, text), 'python'),
    rewrite: (document, text) => server.change(document, withoutCursor(document, text)),
    uri: (document) => server.uri(document),
    async problems(document) {
      const found = await server.diagnostics(document);
      return found.map(({ code, range }) => `${code} in line ${range.start.line + 1}`);
    },
    ask: (method, document, more) =>
      server.request(`textDocument/${method}`, {
        textDocument: { uri: server.uri(document) },
        position: cursors.get(document),
        ...more,
      }),
  };
}
