/** The same tests in the three runners, through a host. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeInRunners } from '@carpool/test-harness/dialect';
import { expectVerdicts, messageOf, summaryOf } from '@carpool/test-harness/expect';
import { describe, expect, test } from 'vitest';
import { bodies } from './runners/bodies.ts';
import type { Seen } from './runners/shop.ts';
import { binary, reason } from './support/servers.ts';

const suite = {
  folder: join(import.meta.dirname, '..'),
  name: 'runners',
  config: `import { redis } from '@carpool/redis';
import { defineConfig } from 'carpool';

export default defineConfig({ pools: { db: redis({ diagnostics: 'fail' }), mortal: redis() } });
`,
  module: join(import.meta.dirname, 'runners/shop.ts'),
  exports: ['keys', 'killServer', 'leave', 'set'],
  files: bodies,
  fixtures: true,
  workers: 2,
};

describe.skipIf(binary === undefined)(`in real runners${reason}`, () => {
  describeInRunners('databases in', suite, (run) => {
    test('one server for all files, a database for each test', () => {
      const { outcome, project } = run;
      expectVerdicts(outcome, 7);
      expect(messageOf(outcome, 'leaves a connection open')).toMatch(
        // The files share the server, in no order.
        /Fault was found with session s\d:\n {2}left 1 connection open to Redis \(of "forgetful", idle/,
      );
      expect(messageOf(outcome, 'its server is killed')).toContain('killed by SIGKILL');
      expect(summaryOf(outcome, 'db')).toContain('1 child, 5 sessions');
      expect(summaryOf(outcome, 'mortal')).toContain('2 children, 2 sessions');
      const folders = new Set(project.readLines<Seen>('seen.jsonl').map(({ folder }) => folder));
      // Of the one that they share, and of two that had a life each.
      expect(folders.size).toBe(3);
      expect([...folders].filter((folder) => existsSync(String(folder)))).toEqual([]);
    });
  });
});
