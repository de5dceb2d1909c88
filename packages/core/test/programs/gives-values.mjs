// Speaks V8's own format behind Content-Length headers: echoes any value that V8 can write, and shows how it looks here.
import { Buffer } from 'node:buffer';
import { inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';

const say = (message) => {
  const body = serialize(message);
  process.stdout.write(`Content-Length: ${body.length}\r\n\r\n`);
  process.stdout.write(body);
};

let bytes = Buffer.alloc(0);
process.stdin.on('data', (chunk) => {
  bytes = Buffer.concat([bytes, chunk]);
  for (;;) {
    const head = bytes.indexOf('\r\n\r\n');
    if (head === -1) return;
    const end = head + 4 + Number(/Content-Length: (\d+)/.exec(bytes.subarray(0, head).toString())[1]);
    if (bytes.length < end) return;
    const { type, session, id, value } = deserialize(bytes.subarray(head + 4, end));
    bytes = bytes.subarray(end);
    if (type === 'reset') say({ type: 'closed', session });
    else say({ type: 'reply', session, id, value, seen: inspect(value) });
  }
});
