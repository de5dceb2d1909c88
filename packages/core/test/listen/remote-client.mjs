// A process on another machine: `CARPOOL_ADDRESS` is all that it has. It says what happens to it, a JSON line each, and
// does what it reads on stdin: "block" its event loop for some seconds, "ask" its session, or have it "echo" some texts.
import { createInterface } from 'node:readline';
import { HostClient } from '../../src/client/client.ts';
import { RunHost } from '../../src/main-process/run-host.ts';

const say = (what, more = {}) => process.stdout.write(`${JSON.stringify({ what, ...more })}\n`);
const run = new RunHost({ root: process.cwd(), runner: 'a test', version: '1.2.3' });
await run.runStarted();
const { address, problem } = run.provided;
if (problem !== undefined) say('problem', { message: problem.message });
else {
  const client = await HostClient.connect({ address, runner: 'a test' });
  void client.closed.then((error) => say('lost', { code: error?.code, message: error?.message }));
  const session = await client.register('echoes');
  say('ready');
  const commands = createInterface({ input: process.stdin });
  for await (const line of commands) {
    const [command, seconds, length] = line.split(' ');
    if (command === 'echo') {
      const texts = Array.from({ length: Number(seconds) }, (_, n) => `${n}`.padEnd(Number(length), 'x'));
      const replies = await Promise.all(texts.map((text) => session.request({ type: 'echo', text })));
      say('echoed', { right: replies.filter(({ echo }, n) => echo.text === texts[n]).length });
      continue;
    }
    if (command === 'block') {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(seconds) * 1_000);
      say('unblocked');
    }
    const reply = await session.request({ type: 'query' }).catch((error) => ({ type: error.code }));
    say('reply', { type: reply.type });
  }
}
process.exit();
