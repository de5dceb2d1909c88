/** A renderer for each file, as people start one without Carpool: frames, sessions and replies by hand. */
import { spawn } from 'node:child_process';
import { decode, encode } from '@msgpack/msgpack';

export async function startRenderer(command) {
  const args = ['--headless', '--msgpack', '--max-sessions', '8'];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map();
  let sessions = 0;
  let calls = 0;
  let buffer = Buffer.alloc(0);

  const send = (message) => {
    const body = encode(message);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length);
    child.stdin.write(Buffer.concat([head, body]));
  };
  const waitFor = (key) => new Promise((resolve) => waiting.set(key, resolve));
  const receive = (message) => {
    const { session, type, id, family } = message;
    const key = type === 'hello' ? 'hello' : family === 'session_closed' ? `${session} closed` : `${session} ${id}`;
    waiting.get(key)?.(message);
    waiting.delete(key);
  };
  child.stdout.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    while (buffer.length >= 4 && buffer.length >= 4 + buffer.readUInt32BE(0)) {
      const end = 4 + buffer.readUInt32BE(0);
      receive(decode(buffer.subarray(4, end)));
      buffer = buffer.subarray(end);
    }
  });

  send({ type: 'settings', session: '', settings: { protocol_version: 1 } });
  await waitFor('hello');
  return {
    session() {
      const session = `s${++sessions}`;
      return {
        send: (message) => send({ ...message, session }),
        request(message) {
          const id = `c${++calls}`;
          send({ ...message, session, id });
          return waitFor(`${session} ${id}`);
        },
        end() {
          send({ type: 'reset', session, id: 'reset' });
          return waitFor(`${session} closed`);
        },
      };
    },
    stop() {
      child.stdin.end();
      return new Promise((exited) => child.on('exit', exited));
    },
  };
}
