/** Runs of the three runners, each with a host of its own, and one more host in this process: parts of one run. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { describeInRunners, type DialectSuite } from '@carpool/test-harness/dialect';
import { expectVerdicts, messageOf } from '@carpool/test-harness/expect';
import type { ReachConnection } from 'carpool';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nats } from '../src/index.ts';
import { binary, freePorts, jetStreamAnd, NatsServer, reason } from './support/servers.ts';

const turns = join(mkdtempSync(join(tmpdir(), 'nats-runners-')), 'turns');
let server: NatsServer | undefined;
let beside: ReachConnection | undefined;

const suite: DialectSuite = {
  folder: join(import.meta.dirname, '..'),
  name: 'reach',
  config: `import { nats } from '@carpool/nats';
import { defineConfig } from 'carpool';

export default defineConfig({
  reach: nats(process.env.NATS_URL, { ttl: 1_500 }),
});
`,
  module: join(import.meta.dirname, 'runners/reach.ts'),
  exports: ['loseServer', 'sharedValue', 'takeTurn'],
  files: {
    a: `
test('takes turns', async () => {
  for (let count = 0; count < 5; count++) await takeTurn();
});
test('gets the value that all have', async () => {
  expect(await sharedValue()).toBe('made beside');
});
`,
    b: `
test('takes turns, too', async () => {
  for (let count = 0; count < 5; count++) await takeTurn();
});
`,
    z: `
test('is told when the server is lost', async () => {
  expect(await loseServer(true)).toContain('Lost lock "gone" of NATS at nats://127.0.0.1:');
});
test('must fail: does not look', async () => {
  await loseServer(false);
});
test('goes on', async () => {
  await takeTurn();
});
`,
  },
  fixtures: false,
  // One file after the other: in one of them the server is stopped.
  workers: 1,
  env: () => ({ NATS_URL: server?.url ?? '', NATS_PID: String(server?.pid), CARPOOL_RUN: 'one', TURNS: turns }),
};

describe.skipIf(binary === undefined)(`in real runners${reason}`, () => {
  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    server = await new NatsServer(port, jetStreamAnd(''), () => {}).start();
    beside = nats(server.url, { run: 'one', ttl: 1_500 }).open({ host: 'beside' });
    await beside.ready();
    await beside.store('token', serialize('made beside'));
  });
  afterAll(async () => {
    await beside?.close();
    await server?.end();
    rmSync(join(turns, '..'), { recursive: true });
  });

  describeInRunners('a part of a run in', suite, (run) => {
    test('takes turns with all others, and what is lost fails the test that held it', () => {
      const { outcome } = run;
      expectVerdicts(outcome, 6);
      expect(messageOf(outcome, 'does not look')).toMatch(
        /Lost lock "gone" of NATS at .*could not be renewed for 1000 ms/,
      );
      const lines = readFileSync(turns, 'utf8').trim().split('\n');
      const begun = lines.filter((_, number) => number % 2 === 0);
      expect(lines).toEqual(begun.flatMap((line) => [line, line.replace('begin', 'end')]));
    });
  });
});
