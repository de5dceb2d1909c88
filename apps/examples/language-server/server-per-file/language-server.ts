/** Pyright started by hand, as test suites do it without Carpool: headers, ids and replies, one `initialize`, shutdown. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { debuglog } from 'node:util';
import type { Diagnostic, Server } from '../editor.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Seen with `NODE_DEBUG=started`. */
const debug = debuglog('started');

const root = pathToFileURL(join(import.meta.dirname, '../fixture')).href;
const program = join(dirname(createRequire(import.meta.url).resolve('pyright/package.json')), 'langserver.index.js');

export class LanguageServer implements Server {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #versions = new Map<string, number>();
  #read = Buffer.alloc(0);
  #asked = 0;

  private constructor() {
    this.#child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    debug('started %d', this.#child.pid);
    this.#child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  static async start(): Promise<LanguageServer> {
    const server = new LanguageServer();
    await server.request('initialize', {
      processId: process.pid,
      rootUri: root,
      workspaceFolders: [{ uri: root, name: 'fixture' }],
      capabilities: {
        workspace: { configuration: true, workspaceFolders: true },
        textDocument: {
          hover: { contentFormat: ['plaintext'] },
          diagnostic: { dynamicRegistration: true },
          documentSymbol: { hierarchicalDocumentSymbolSupport: true },
          completion: { completionItem: { snippetSupport: false } },
          rename: { prepareSupport: true },
        },
      },
    });
    server.#send({ method: 'initialized', params: {} });
    return server;
  }

  uri(document: string): string {
    return `${root}/${document}`;
  }

  open(document: string, text: string, languageId: string): string {
    const uri = this.uri(document);
    this.#versions.set(uri, 1);
    const textDocument = { uri, languageId, version: 1, text };
    this.#send({ method: 'textDocument/didOpen', params: { textDocument } });
    return uri;
  }

  change(document: string, text: string): void {
    const uri = this.uri(document);
    const version = (this.#versions.get(uri) ?? 0) + 1;
    this.#versions.set(uri, version);
    const params = { textDocument: { uri, version }, contentChanges: [{ text }] };
    this.#send({ method: 'textDocument/didChange', params });
  }

  closeAll(): void {
    for (const uri of this.#versions.keys())
      this.#send({ method: 'textDocument/didClose', params: { textDocument: { uri } } });
    this.#versions.clear();
  }

  async diagnostics(document: string): Promise<readonly Diagnostic[]> {
    const report = await this.request('textDocument/diagnostic', { textDocument: { uri: this.uri(document) } });
    return (report as { readonly items: readonly Diagnostic[] }).items;
  }

  request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ id, method, params });
    });
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    await this.request('shutdown', null);
    this.#send({ method: 'exit' });
    await exited;
  }

  #send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #receive(chunk: Buffer): void {
    this.#read = Buffer.concat([this.#read, chunk]);
    for (;;) {
      const end = this.#read.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [, length] = /content-length: *(\d+)/i.exec(this.#read.subarray(0, end).toString()) ?? [];
      const from = end + 4;
      const to = from + Number(length);
      if (this.#read.length < to) return;
      const message = JSON.parse(this.#read.subarray(from, to).toString()) as Message;
      this.#read = this.#read.subarray(to);
      this.#handle(message);
    }
  }

  #handle({ id, method, params, result, error }: Message): void {
    if (id === undefined) return;
    if (method !== undefined) {
      // It asks for settings, and to register.
      const { items = [] } = (params ?? {}) as { readonly items?: readonly unknown[] };
      this.#send({ id, result: method === 'workspace/configuration' ? items.map(() => null) : null });
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error.message));
  }
}
