/** Playwright's JSON, one result for each test and project; and its test server, used as its UI and editors use it. */
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import type { Results, TestResult } from './runner.ts';
import type { Outcome, Running } from './running.ts';

export interface Attempt {
  readonly status: string;
  readonly workerIndex: number;
  /** Messages of its errors, as reporters print them. */
  readonly messages: readonly string[];
  /** File and line that its first error points at. */
  readonly location: string | undefined;
  /** Attachments in JSON by name. */
  readonly attached: ReadonlyMap<string, unknown>;
  readonly steps: readonly string[];
}

/** `status` is `passed` also for a test that passed when it was tried again. */
export interface PlaywrightResult extends TestResult {
  readonly project: string;
  readonly attempts: readonly Attempt[];
}

interface JsonError {
  readonly message?: string;
}

interface JsonSuite {
  readonly suites?: readonly JsonSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly file: string;
    readonly tests: readonly {
      readonly projectName: string;
      readonly status: string;
      readonly results: readonly {
        readonly status: string;
        readonly workerIndex: number;
        readonly errors: readonly JsonError[];
        readonly errorLocation?: { readonly file: string; readonly line: number };
        readonly attachments: readonly {
          readonly name: string;
          readonly contentType: string;
          readonly body?: string;
        }[];
        readonly steps?: readonly { readonly title: string }[];
      }[];
    }[];
  }[];
}

const statuses: Readonly<Record<string, string>> = { expected: 'passed', flaky: 'passed', unexpected: 'failed' };

export function readPlaywright(json: string): Results<PlaywrightResult> {
  const { suites, errors } = JSON.parse(json) as {
    readonly suites: readonly JsonSuite[];
    readonly errors: readonly JsonError[];
  };
  return { tests: suites.flatMap(testsIn), files: [], errors: errors.map(textOf) };
}

function textOf({ message = '' }: JsonError): string {
  return stripVTControlCharacters(message);
}

function testsIn({ suites = [], specs = [] }: JsonSuite): PlaywrightResult[] {
  const own = specs.flatMap(({ title, file, tests }) =>
    tests.map(({ projectName, status, results }) => {
      const attempts = results.map((result) => ({
        status: result.status,
        workerIndex: result.workerIndex,
        messages: result.errors.map(textOf),
        location: result.errorLocation && `${result.errorLocation.file}:${result.errorLocation.line}`,
        attached: new Map(
          result.attachments
            .filter(({ contentType, body }) => contentType === 'application/json' && body !== undefined)
            .map(({ name, body = '' }) => [name, JSON.parse(Buffer.from(body, 'base64').toString())]),
        ),
        steps: (result.steps ?? []).map((step) => step.title),
      }));
      const messages = attempts.flatMap((attempt) => attempt.messages);
      const verdict = statuses[status] ?? status;
      return { file, name: title, title, project: projectName, status: verdict, messages, meta: {}, attempts };
    }),
  );
  return [...own, ...suites.flatMap(testsIn)];
}

interface Answer {
  readonly id?: number;
  readonly result?: { readonly status?: string };
  readonly error?: unknown;
}

/** JSON over a WebSocket. One process sets up once, and runs tests as often as it is asked. */
export class TestServer<Test extends TestResult = TestResult> {
  readonly #running: Running<Test>;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #ids = 0;

  private constructor(running: Running<Test>, socket: WebSocket) {
    this.#running = running;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
    });
  }

  /** Connects to a run of the command `test-server`. */
  static async connect<Test extends TestResult>(running: Running<Test>): Promise<TestServer<Test>> {
    const [, address = ''] = await running.until(/Listening on (ws:\S+)/);
    const socket = new WebSocket(address);
    await once(socket, 'open');
    const server = new TestServer(running, socket);
    await server.call('initialize', { closeOnDisconnect: true });
    return server;
  }

  /** The status of the call, and what the server printed during it. */
  async call(
    method: string,
    params: object = {},
  ): Promise<{ readonly status: string | undefined; readonly output: string }> {
    const id = ++this.#ids;
    const from = this.#running.output.length;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return { status: result?.status, output: this.#running.output.slice(from) };
  }

  /** As when the window of the UI is closed: Playwright runs no teardown. */
  async disconnect(): Promise<Outcome<Test>> {
    this.#socket.close();
    return await this.#running.outcome;
  }
}
