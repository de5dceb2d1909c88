/** Playwright's test server, spoken to as its UI and editors do: JSON over a WebSocket. */
import type { Outcome, Project, Running } from './project.ts';

interface Answer {
  readonly id?: number;
  readonly result?: { readonly status?: string };
  readonly error?: unknown;
  readonly method?: string;
}

export class TestServer {
  readonly #runner: Running;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #ids = 0;

  private constructor(runner: Running, socket: WebSocket) {
    this.#runner = runner;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
    });
  }

  static async start(project: Project): Promise<TestServer> {
    const runner = project.start(['test-server']);
    const [, address] = await runner.until(/Listening on (ws:\S+)/);
    const socket = new WebSocket(address ?? '');
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    const server = new TestServer(runner, socket);
    await server.call('initialize', { closeOnDisconnect: true });
    return server;
  }

  /** The status of what was done, and what the server printed meanwhile. */
  async call(
    method: string,
    params: object = {},
  ): Promise<{ readonly status: string | undefined; readonly output: string }> {
    const id = ++this.#ids;
    const from = this.#runner.output.length;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return { status: result?.status, output: this.#runner.output.slice(from) };
  }

  /** As when the window of the UI is closed: Playwright runs no teardown. */
  async disconnect(): Promise<Outcome> {
    this.#socket.close();
    return await this.#runner.outcome;
  }
}
