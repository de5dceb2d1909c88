/** The protocols of the pages on the programs that they are for: in process, through a host, and in the three runners. */
import { join } from 'node:path';
import { describeInRunners } from '@carpool/test-harness/dialect';
import { expectPassed } from '@carpool/test-harness/expect';
import { chromium, python } from '@carpool/test-harness/programs';
import { createPool, type Pool } from 'carpool';
import { startHost } from 'carpool/adapter/main-process';
import { connectClient, type Client } from 'carpool/adapter/test-process';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { pools } from './real/carpool.config.ts';
import { cases, type Case } from './real/cases/cases.ts';

const here = (...path: string[]): string => join(import.meta.dirname, ...path);

/** Milliseconds, in which also a browser starts on a busy machine. */
const timeout = 60_000;

/** Why the tests of a pool are skipped. */
const reasons: Readonly<Record<Case['pool'], string>> = {
  model: python.reason,
  chromium: chromium.reason,
  typescript: '',
  esbuild: '',
  sass: '',
};
const names = Object.keys(pools) as Case['pool'][];
const runnable = names.filter((name) => reasons[name] === '');
const named = cases.map((it) => ({ ...it, name: `${it.title}${reasons[it.pool]}`, skipped: reasons[it.pool] !== '' }));

describe('in process', () => {
  const made = new Map<Case['pool'], Pool>();
  afterAll(() => Promise.all([...made.values()].map((pool) => pool.close())));

  test.for(named)('$name', { timeout }, async ({ pool: name, skipped, check }, { skip }) => {
    if (skipped) skip();
    const pool = made.get(name) ?? createPool(pools[name]);
    made.set(name, pool);
    await check({
      expect,
      async register(_, options) {
        const session = await pool.register(options);
        onTestFinished(() => session[Symbol.asyncDispose]());
        return session;
      },
    });
    // What the test leaves open ends after it.
    expect(pool.stats()).toMatchObject({ children: 1, quarantined: 0, failures: 0 });
  });
});

describe('through a host', () => {
  let client: Client;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const host = await startHost({ root: here('real'), configFile: here('real/carpool.config.ts') });
    client = await connectClient({ address: host.address, runner: 'the tests of the pages' });
    ends.push(
      async () => client.close(),
      () => host.stop().then(() => {}),
    );
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });

  test.for(named)('$name', { timeout }, async ({ pool, skipped, check }, { skip }) => {
    if (skipped) skip();
    await check({
      expect,
      async register(name, options) {
        const session = await client.register(name, options);
        onTestFinished(() => session[Symbol.asyncDispose]());
        return session;
      },
    });
    const stats = (await client.stats()).find(({ name }) => name === pool);
    expect(stats).toMatchObject({ children: 1, quarantined: 0, failures: 0 });
  });
});

const body = `casesIn(${JSON.stringify(runnable)}, { test, expect, register });`;
const suite = {
  folder: here('..'),
  name: 'real',
  config: `export { default } from '../../pages/real/carpool.config.ts';\n`,
  module: here('real/cases/cases.ts'),
  exports: ['casesIn'],
  files: { a: body, b: body },
  workers: 2,
};

describeInRunners('two test files in', suite, (run) => {
  test.for(named)('$name', ({ title, skipped }, { skip }) => {
    if (skipped) skip();
    expectPassed(run.outcome, [title], 2);
  });

  test('they share one process of each pool, and nothing is left behind', () => {
    const { outcome } = run;
    expect(outcome.left).toEqual([]);
    expect(outcome.complaint).toBeUndefined();
    for (const pool of runnable) expect(outcome.output).toMatch(new RegExp(`carpool: ${pool}: 1 child, \\d+ sessions`));
  });
});
