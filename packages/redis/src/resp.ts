/** Redis' protocol, version 2: five kinds of replies. Pure. */

export type Reply = string | number | null | ErrorReply | readonly Reply[];

/** What the server says is wrong with a command: "NOPERM this user has no permissions to …". */
export class ErrorReply extends Error {
  override readonly name = 'ErrorReply';
}

const lineEnd = Buffer.from('\r\n');

/** A command is an array of texts. */
export function encodeCommand(command: readonly string[]): string {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return `*${command.length}\r\n${parts.join('')}`;
}

/** Takes the bytes as they come. */
export class ReplyReader {
  #bytes: Buffer = Buffer.alloc(0);

  /** @returns the replies that are whole now @throws Error where the bytes are no reply */
  push(chunk: Buffer): Reply[] {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const replies: Reply[] = [];
    for (;;) {
      const read = readReply(this.#bytes, 0);
      if (read === undefined) return replies;
      replies.push(read.reply);
      this.#bytes = this.#bytes.subarray(read.end);
    }
  }
}

interface Read {
  readonly reply: Reply;
  readonly end: number;
}

/** @returns `undefined`: it is not whole yet */
function readReply(bytes: Buffer, from: number): Read | undefined {
  const lineAt = bytes.indexOf(lineEnd, from);
  if (lineAt === -1) return undefined;
  const kind = String.fromCodePoint(bytes[from] ?? 0);
  const text = bytes.toString('utf8', from + 1, lineAt);
  const end = lineAt + lineEnd.length;
  switch (kind) {
    case '+':
      return { reply: text, end };
    case '-':
      return { reply: new ErrorReply(text), end };
    case ':':
      return { reply: Number(text), end };
    case '$':
      return readBulk(bytes, end, Number(text));
    case '*':
      return readArray(bytes, end, Number(text));
    default:
      throw new Error(
        `it is no reply of Redis: ${JSON.stringify(bytes.toString('latin1', from, lineAt).slice(0, 80))}`,
      );
  }
}

function readBulk(bytes: Buffer, from: number, length: number): Read | undefined {
  if (length === -1) return { reply: null, end: from };
  const end = from + length + lineEnd.length;
  if (bytes.length < end) return undefined;
  return { reply: bytes.toString('utf8', from, from + length), end };
}

function readArray(bytes: Buffer, from: number, length: number): Read | undefined {
  if (length === -1) return { reply: null, end: from };
  const replies: Reply[] = [];
  let end = from;
  while (replies.length < length) {
    const read = readReply(bytes, end);
    if (read === undefined) return undefined;
    replies.push(read.reply);
    ({ end } = read);
  }
  return { reply: replies, end };
}
