/** A file's end of the relay that people write by hand. */
import { connect as open } from 'node:net';
import { createInterface } from 'node:readline';

export async function connect(port) {
  const socket = open(port, '127.0.0.1');
  socket.setNoDelay(true);
  const waiting = new Map();
  let calls = 0;
  let own;
  await new Promise((greeted) => {
    createInterface({ input: socket }).on('line', (line) => {
      if (own === undefined) {
        own = line;
        greeted();
        return;
      }
      const message = JSON.parse(line);
      waiting.get(message.id ?? message.session)?.(message);
    });
  });
  return {
    close: () => socket.destroy(),
    session() {
      const session = `${own}.${++calls}`;
      const send = (message, key) =>
        new Promise((replied) => {
          waiting.set(key, replied);
          socket.write(`${JSON.stringify({ ...message, session })}\n`);
        });
      return {
        request(message) {
          const id = `${session}:${++calls}`;
          return send({ ...message, id }, id);
        },
        end: () => send({ type: 'reset' }, session),
      };
    },
  };
}
