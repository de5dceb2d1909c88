/** The same tests in the three runners, through a host. */
import { existsSync } from 'node:fs';
import { expectVerdicts, messageOf, summaryOf } from '@carpool/test-harness/expect';
import { describe, expect, test } from 'vitest';
import { layOut, runners } from './runners/runners.ts';
import { binary, reason } from './support/servers.ts';

interface Seen {
  readonly port: number;
  /** The private folder of the server. */
  readonly folder: string;
}

describe.skipIf(binary === undefined)(`in real runners${reason}`, () => {
  test.for(runners)(
    '$name: one server for all files, a database for each test',
    { timeout: 120_000 },
    async (runner) => {
      using project = layOut(runner);
      const outcome = await project.run(runner.all);
      expectVerdicts(outcome, 7);
      expect(messageOf(outcome, 'leaves a connection open')).toContain(
        '1 connection to Redis left open: of "forgetful", idle',
      );
      expect(messageOf(outcome, 'its server is killed')).toContain('killed by SIGKILL');
      expect(summaryOf(outcome, 'db')).toContain('1 child, 5 sessions');
      expect(summaryOf(outcome, 'mortal')).toContain('2 children, 2 sessions');
      const folders = new Set(project.readLines<Seen>('seen.jsonl').map(({ folder }) => folder));
      expect(folders.size).toBe(3);
      expect([...folders].filter((folder) => existsSync(folder))).toEqual([]);
    },
  );
});
