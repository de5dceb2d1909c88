/**
 * The view as a page, for browsers of this machine: on the loopback address alone, at a random port, under a path that
 * nobody can guess. What knows the path is answered only under the name of that address, so that no page of another site
 * reaches it by a name of its own (DNS rebinding), and nothing of it may be embedded, stored or read elsewhere.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sameToken } from '../../wire/greeting.ts';

const loopback = '127.0.0.1';
/** Of one page, or of one session that it shows. */
const mostStreams = 32;
/** Bytes that a page has not read, above which it gets nothing more until it has. */
const mostBehind = 1024 * 1024;

export interface PageServerOptions {
  /** The page, with a content security policy that names its script and its style. */
  readonly html: string;
  /** A page listens to the status. @returns ends it */
  readonly status: (stream: EventStream) => () => void;
  /** A page listens to the messages of a session. @returns ends it */
  readonly messages: (stream: EventStream, of: { readonly pool: string; readonly session: string }) => () => void;
}

/** Events for one page. One that does not read loses some; the next status has all of it again. */
export class EventStream {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** @returns false if the page does not read, so that this is not sent */
  send(event: unknown): boolean {
    if (this.#response.destroyed || this.#response.writableLength > mostBehind) return false;
    // JSON has no line ends of its own, which would end the event.
    this.#response.write(`data: ${JSON.stringify(event)}\n\n`);
    return true;
  }

  end(): void {
    this.#response.end();
  }
}

export class PageServer {
  readonly #options: PageServerOptions;
  readonly #token: string = randomBytes(32).toString('base64url');
  readonly #server: Server;
  readonly #streams = new Set<EventStream>();
  readonly #policy: string;
  #authority = '';

  private constructor(options: PageServerOptions) {
    this.#options = options;
    this.#policy = /Content-Security-Policy" content="([^"]*)"/.exec(options.html)?.[1] ?? "default-src 'none'";
    this.#server = createServer((request, response) => this.#answer(request, response));
    // A page that sends nothing for so long sends nothing any more.
    this.#server.requestTimeout = 10_000;
  }

  /** @throws what the system says of the address */
  static async listen(options: PageServerOptions): Promise<PageServer> {
    const server = new PageServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(0, loopback, resolve);
    });
    server.#authority = `${loopback}:${(server.#server.address() as AddressInfo).port}`;
    return server;
  }

  /** For the user alone: who has it sees all that the host shows. */
  get address(): string {
    return `http://${this.#authority}/${this.#token}/`;
  }

  /** @param last what all pages are told */
  close(last: unknown): void {
    for (const stream of this.#streams) {
      stream.send(last);
      stream.end();
    }
    this.#server.close();
    // What was sent to a page that reads is on its way; one that does not is not waited for.
    setImmediate(() => this.#server.closeAllConnections());
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(this.#headers())) response.setHeader(name, value);
    const url = URL.parse(`http://${loopback}${request.url ?? '/'}`);
    const [, token = '', ...rest] = url?.pathname.split('/') ?? [];
    const { origin } = request.headers;
    if (request.headers.host !== this.#authority || (origin !== undefined && origin !== `http://${this.#authority}`))
      refuse(response, 403, 'This page is at another address');
    else if (!sameToken(token, Buffer.from(this.#token)))
      refuse(response, 403, 'The address is not the one that was printed');
    else if (request.method !== 'GET') refuse(response, 405, 'This page is only read');
    else this.#serve(rest.join('/'), url?.searchParams ?? new URLSearchParams(), response);
  }

  #serve(path: string, query: URLSearchParams, response: ServerResponse): void {
    const [pool, session] = [query.get('pool'), query.get('session')];
    if (path === '') response.setHeader('Content-Type', 'text/html; charset=utf-8').end(this.#options.html);
    else if (path === 'status') this.#stream(response, this.#options.status);
    else if (path === 'messages' && pool !== null && session !== null)
      this.#stream(response, (stream) => this.#options.messages(stream, { pool, session }));
    else refuse(response, 404, 'There is nothing of this name');
  }

  #stream(response: ServerResponse, listen: (stream: EventStream) => () => void): void {
    if (this.#streams.size >= mostStreams) {
      refuse(response, 503, `${mostStreams} pages look already, and that is the limit`);
      return;
    }
    response.setHeader('Content-Type', 'text/event-stream');
    response.flushHeaders();
    const stream = new EventStream(response);
    this.#streams.add(stream);
    const end = listen(stream);
    response.once('close', () => {
      this.#streams.delete(stream);
      end();
    });
  }

  #headers(): Record<string, string> {
    return {
      'Cache-Control': 'no-store',
      'Content-Security-Policy': `${this.#policy}; frame-ancestors 'none'`,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    };
  }
}

function refuse(response: ServerResponse, code: number, why: string): void {
  response.statusCode = code;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`${why}\n`);
}
