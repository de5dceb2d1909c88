// A program that a test starts, and hands its session to. It answers with what it saw there.
import { appendFileSync } from 'node:fs';
import { joinSession } from 'carpool/join';

const session = await joinSession();
const { value: found } = await session.request({ type: 'get' });
await session.request({ type: 'set', value: 'of the process' });
const [, , does, log] = process.argv;
process.stdout.write(`${JSON.stringify({ id: session.id, pool: session.pool, found })}\n`);
if (does === 'leaves') await session.unregister();
if (does === 'dies') process.kill(process.pid, 'SIGKILL');
if (does === 'stays') {
  const { by, reason } = await session.closed;
  const { code, message: words } = await session.request({ type: 'get' }).catch((error) => error);
  appendFileSync(log, `${JSON.stringify({ file: 'handed-over', by, reason, code, words })}\n`);
}
