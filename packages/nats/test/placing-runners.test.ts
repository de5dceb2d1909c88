/** The same tests in the three runners: their sessions are on three hosts, of which one is killed while it has one. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOutDialect, runnersOf, type DialectSuite } from '@carpool/test-harness/dialect';
import { messageOf, summaryOf } from '@carpool/test-harness/expect';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Note } from './runners/placed.ts';
import { Machines, serving } from './support/machines.ts';
import { isThere, statusOf } from './support/machine-runs.ts';
import { binary, freePorts, NatsServer, reason } from './support/servers.ts';

const program = readFileSync(join(import.meta.dirname, 'programs/echoes.mjs'), 'utf8');
const names = ['one', 'two', 'three'];
let server: NatsServer | undefined;

const suite: DialectSuite = {
  folder: join(import.meta.dirname, '..'),
  name: 'placed',
  // Written below, as all machines have it.
  config: '',
  module: join(import.meta.dirname, 'runners/placed.ts'),
  exports: ['hold', 'visit'],
  files: Object.fromEntries(
    names.map((name) => [
      name,
      `
test('holds a session (${name})', async ({ echoes }) => {
  await hold(echoes, '${name}', ${names.length});
});
test('has another one (${name})', async ({ echoes }) => {
  await visit(echoes, '${name}');
});
`,
    ]),
  ),
  fixtures: true,
  workers: names.length,
};

describe.skipIf(binary === undefined)(`placing in real runners${reason}`, () => {
  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    server = await new NatsServer(port, '', () => {}).start();
  });
  afterAll(() => server?.end());

  test.for(runnersOf(suite))(
    '$name: each test has a session on one of three hosts; that of the killed one fails by name, all others pass',
    async (runner) => {
      const all = new Machines(server?.url ?? '');
      const [killed, kept] = await Promise.all([
        all.serve('killed', { slots: 1, program }),
        all.serve('kept', { slots: 1, program }),
      ]);
      using project = await layOutDialect(runner, suite);
      mkdirSync(project.path('.git'));
      project.write('server.mjs', program);
      all.configure(project.folder);

      const outcome = await project.run(runner.all, {
        env: { NATS_URL: all.url, SLOTS: '1', KILLED: killed.path, KILLED_PID: String(killed.pid), KEPT: kept.path },
      });

      const notes = project.readLines<Note>('placed.jsonl');
      const holding = notes.filter(({ event }) => event === 'has');
      const places = holding.map(({ folder }) => folder);
      // With what was printed, where it is not so.
      const printed = outcome.tests.length === 2 * names.length ? '' : outcome.output;
      expect({ places: places.toSorted(), printed }).toEqual({
        places: [project.folder, killed.path, kept.path].toSorted(),
        printed: '',
      });
      expect(new Set(holding.map(({ pid }) => pid)).size).toBe(3);

      // Of the killed host: the test that had its session there, and no other.
      const lost = holding.find(({ folder }) => folder === killed.path)?.file;
      const statuses = outcome.tests.map(({ title, status }) => `${title}: ${status}`);
      expect(statuses.toSorted()).toEqual(
        names
          .flatMap((name) => [
            `holds a session (${name}): ${name === lost ? 'failed' : 'passed'}`,
            `has another one (${name}): passed`,
          ])
          .toSorted(),
      );
      const message = messageOf(outcome, `holds a session (${lost})`);
      const [, at = ''] = /carpool\+tls:\/\/(127\.0\.0\.1:\d+)\//.exec(killed.lines.join('\n')) ?? [];
      expect(message).toContain('HUB_LOST');
      expect(message).toMatch(new RegExp(String.raw`host at \S+ \(${at}\) (?:has )?ended`));
      expect(message).toMatch(/placed\.\w+:\d+/);
      expect(notes.filter(({ event }) => event === 'went on').map(({ folder }) => folder)).not.toContain(killed.path);
      expect(notes.filter(({ event }) => event === 'next').map(({ folder }) => folder)).not.toContain(killed.path);
      expect({ code: outcome.code, errors: outcome.errors, complaint: outcome.complaint }).toEqual({
        code: 1,
        errors: [],
        complaint: undefined,
      });
      expect(summaryOf(outcome, 'echoes')).toMatch(/1 child, \d+ sessions?, peak 1, .*, \d+ sessions? on other hosts/);

      // Nothing is left: of the run, on the host that goes on, and of the one that was killed.
      expect(outcome.left).toEqual([]);
      await expect
        .poll(() => statusOf(kept))
        .toMatchObject({ runs: [], pools: [{ open: 0, queued: 0, quarantined: 0 }] });
      await expect.poll(() => holding.filter(({ folder, pid }) => folder === killed.path && isThere(pid))).toEqual([]);
      const again = await serving(killed);
      expect(await statusOf(again)).toMatchObject({ runs: [], pools: [] });
    },
  );
});
