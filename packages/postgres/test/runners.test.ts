/** The same tests in the three runners, through a host. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { expectVerdicts, messageOf, summaryOf } from '@carpool/test-harness/expect';
import { describe, expect, test } from 'vitest';
import type { PostgresDatabase } from '../src/index.ts';
import { layOut, runners } from './runners/runners.ts';
import { reason, server } from './support/servers.ts';

describe.skipIf(server === undefined)(`in real runners${reason}`, () => {
  test.for(runners)(
    '$name: one server for all files, a database for each test',
    { timeout: 120_000 },
    async (runner) => {
      using project = layOut(runner);
      const outcome = await project.run(runner.all);
      expectVerdicts(outcome, 7);
      expect(messageOf(outcome, 'leaves a connection open')).toContain(
        '1 connection to its database left open: of "forgetful", idle',
      );
      expect(messageOf(outcome, 'its server is killed')).toContain('killed by SIGKILL');
      expect(summaryOf(outcome, 'db')).toContain('1 child, 5 sessions');
      expect(summaryOf(outcome, 'mortal')).toContain('2 children, 2 sessions');
      const seen = project.readLines<PostgresDatabase>('seen.jsonl');
      const folders = new Set(seen.map(({ host }) => dirname(host)));
      expect(folders.size).toBe(2);
      expect([...folders].filter((folder) => existsSync(folder))).toEqual([]);
    },
  );
});
