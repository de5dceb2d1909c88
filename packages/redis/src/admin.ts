/** The host's commands to a server. */
import { setTimeout as delay } from 'node:timers/promises';
import { Connection, ConnectionEnded, type AdminAddress } from './connection.ts';
import { ErrorReply, type Reply } from './resp.ts';

/** Milliseconds in which a script that was killed stops. */
const scriptEndTimeout = 2_000;

/** A connection that is made again when something has ended it, and that ends scripts which are in its way. */
export class Admin {
  readonly #address: AdminAddress;
  readonly #signal: AbortSignal | undefined;
  #connection: Promise<Connection> | undefined;

  /** @param signal ends its connections, whenever it is aborted */
  constructor(address: AdminAddress, signal?: AbortSignal) {
    this.#address = address;
    this.#signal = signal;
  }

  async close(): Promise<void> {
    // One that could not be made has been reported by its command.
    const connection = await this.#connection?.catch(() => undefined);
    connection?.close();
  }

  /**
   * One command. It may run twice, where the connection ended under it.
   * @throws ErrorReply: what the server says
   */
  async run(...command: readonly string[]): Promise<Reply> {
    try {
      return await this.#send(command);
    } catch (thrown) {
      if (isBusy(thrown)) return await this.#runAfterScript(command);
      if (!(thrown instanceof ConnectionEnded)) throw thrown;
    }
    return await this.#send(command);
  }

  async #send(command: readonly string[]): Promise<Reply> {
    this.#connection ??= Connection.open(this.#address, this.#signal);
    const connecting = this.#connection;
    try {
      const connection = await connecting;
      return await connection.send(command);
    } catch (thrown) {
      // Another command may have made a new one meanwhile.
      if (thrown instanceof ConnectionEnded && this.#connection === connecting) this.#connection = undefined;
      throw thrown;
    }
  }

  /** While a script runs, a server does nothing else; after a time it accepts the command that ends the script. */
  async #runAfterScript(command: readonly string[]): Promise<Reply> {
    for (let waited = 0, pause = 5; ; waited += pause, pause *= 2) {
      await this.#endScript();
      try {
        return await this.#send(command);
      } catch (thrown) {
        // A script stops between two of its steps, not at once.
        if (!isBusy(thrown) || waited >= scriptEndTimeout) throw thrown;
      }
      await delay(pause);
    }
  }

  async #endScript(): Promise<void> {
    for (const kind of ['SCRIPT', 'FUNCTION']) {
      await this.#send([kind, 'KILL']).catch((thrown: Error) => {
        // The script has ended by itself, or it is one of the other kind.
        if (/^(?:NOTBUSY|BUSY)/.test(thrown.message)) return;
        const what = 'a script that has written runs without end, and the server ends no such script';
        throw thrown.message.startsWith('UNKILLABLE')
          ? new Error(`${what}: ${thrown.message}`, { cause: thrown })
          : thrown;
      });
    }
  }
}

/**
 * A server that is busy with a script of a test is ready, unless that script cannot be ended.
 * @throws what the server says while it is not ready
 */
export async function checkReady(address: AdminAddress, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const admin = new Admin(address, signal);
  try {
    await admin.run('PING');
  } finally {
    await admin.close();
  }
}

/** What a server says after a script has run for a time. */
function isBusy(thrown: unknown): boolean {
  return thrown instanceof ErrorReply && thrown.message.startsWith('BUSY');
}
