/**
 * Speaks as much of Plushie's protocol as a round trip needs: it says hello to the first message, confirms a `reset`, and
 * sends everything else back as it came, so that nearly all that is measured is the other end.
 */
import { decode, encode } from '@msgpack/msgpack';

const isJson = process.argv.includes('--json');
let isGreeted = false;

process.stdin.on('data', (chunk: Buffer) => {
  if (!isGreeted) {
    isGreeted = true;
    write({ type: 'hello', session: '', protocol: 1, protocol_version: 1, name: 'echo', version: '0.7.1' });
  } else if (chunk.includes('reset')) {
    // Comes alone: everything before it has been answered.
    const { session, id } = read(chunk);
    write({ type: 'reset_response', session, id, status: 'ok' });
    write({ type: 'event', session, family: 'session_closed', id: '' });
  } else {
    process.stdout.write(chunk);
  }
});

function read(chunk: Buffer): Readonly<Record<string, unknown>> {
  return (isJson ? JSON.parse(chunk.toString()) : decode(chunk.subarray(4))) as Readonly<Record<string, unknown>>;
}

function write(message: object): void {
  if (isJson) {
    process.stdout.write(`${JSON.stringify(message)}\n`);
    return;
  }
  const body = encode(message);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  process.stdout.write(Buffer.concat([head, body]));
}
