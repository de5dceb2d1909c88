/** A child for each file, as people start one without Carpool. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export async function start(file, startCost) {
  const child = spawn(process.execPath, [file, String(startCost)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map();
  let calls = 0;
  await new Promise((ready) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line);
      if (message.type === 'ready') ready();
      else waiting.get(message.id)?.(message);
    });
  });
  return {
    request(message) {
      return new Promise((replied) => {
        const id = String(++calls);
        waiting.set(id, replied);
        child.stdin.write(`${JSON.stringify({ ...message, id, session: 's' })}\n`);
      });
    },
    stop() {
      child.stdin.end();
      return new Promise((exited) => child.on('exit', exited));
    },
  };
}
