/** One connection of the host to a server. */
import { connect, type Socket } from 'node:net';
import { adminName } from './config-file.ts';
import { encodeCommand, ErrorReply, ReplyReader, type Reply } from './resp.ts';

export interface AdminAddress {
  readonly port: number;
  readonly password: string;
}

/** There is no server, or the connection to it has ended. */
export class ConnectionEnded extends Error {
  override readonly name = 'ConnectionEnded';
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** Replies come in the order of the commands. When it ends, those that have none are rejected, and all later ones. */
export class Connection {
  readonly #socket: Socket;
  readonly #reader = new ReplyReader();
  readonly #waiting: Waiting[] = [];
  #ended: ConnectionEnded | undefined;

  private constructor({ port }: AdminAddress, signal: AbortSignal | undefined) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true, ...(signal !== undefined && { signal }) });
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#end(error));
    this.#socket.on('close', () => this.#end(new Error('the connection to Redis has ended')));
  }

  /** Connected, as the administrator. @param signal ends it, whenever it is aborted @throws ErrorReply, ConnectionEnded */
  static async open(address: AdminAddress, signal?: AbortSignal): Promise<Connection> {
    const connection = new Connection(address, signal);
    try {
      await connection.send(['AUTH', adminName, address.password]);
    } catch (thrown) {
      connection.close();
      throw thrown;
    }
    return connection;
  }

  /** @throws ErrorReply: what the server says; ConnectionEnded */
  async send(command: readonly string[]): Promise<Reply> {
    const reply = await new Promise<Reply>((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#socket.write(encodeCommand(command));
    });
    if (reply instanceof ErrorReply) throw reply;
    return reply;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    try {
      for (const reply of this.#reader.push(chunk)) this.#waiting.shift()?.resolve(reply);
    } catch (thrown) {
      this.#end(thrown as Error);
      this.close();
    }
  }

  #end(error: Error): void {
    this.#ended ??= new ConnectionEnded(error.message, { cause: error });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
