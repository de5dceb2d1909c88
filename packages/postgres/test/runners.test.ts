/** The same tests in the three runners, through a host. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeInRunners } from '@carpool/test-harness/dialect';
import { expectVerdicts, messageOf, summaryOf } from '@carpool/test-harness/expect';
import { describe, expect, test } from 'vitest';
import type { PostgresDatabase } from '../src/index.ts';
import { bodies } from './runners/bodies.ts';
import { reason, server } from './support/servers.ts';

const suite = {
  folder: join(import.meta.dirname, '..'),
  name: 'runners',
  config: `import { postgres } from '@carpool/postgres';
import { defineConfig } from 'carpool';

const db = postgres({ schema: 'schema/*.sql', diagnostics: 'fail', cache: 'cache' });

export default defineConfig({ pools: { db, mortal: postgres({ schema: 'schema/*.sql', cache: 'cache' }) } });
`,
  module: join(import.meta.dirname, 'runners/shop.ts'),
  exports: ['add', 'killServer', 'leave', 'texts'],
  files: bodies,
  fixtures: true,
  workers: 2,
};

describe.skipIf(server === undefined)(`in real runners${reason}`, () => {
  describeInRunners('databases in', suite, (run) => {
    test('one server for all files, a database for each test', () => {
      const { outcome, project } = run;
      expectVerdicts(outcome, 7);
      expect(messageOf(outcome, 'leaves a connection open')).toMatch(
        // The files share the server, in no order.
        /Fault was found with session s\d:\n {2}left 1 connection open to its database \(of "forgetful", idle/,
      );
      expect(messageOf(outcome, 'its server is killed')).toContain('killed by SIGKILL');
      expect(summaryOf(outcome, 'db')).toContain('1 child, 5 sessions');
      expect(summaryOf(outcome, 'mortal')).toContain('2 children, 2 sessions');
      const seen = project.readLines<PostgresDatabase>('seen.jsonl');
      const folders = new Set(seen.map(({ host }) => dirname(host)));
      expect(folders.size).toBe(2);
      expect([...folders].filter((folder) => existsSync(folder))).toEqual([]);
    });
  });
});
