/** Pools that a test file makes itself: Jest loads Carpool once for each file, and tells none of them that the process ends. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectVerdicts } from '@carpool/test-harness/expect';
import { majors, Project } from './harness.ts';

describe.for(majors)('Jest %s', (major) => {
  test('each file has its whole transcript, also where one process runs several', async () => {
    using project = new Project(major, 'in-process');
    const outcome = await project.run(['--runInBand'], {
      env: { CARPOOL_TRANSCRIPT: 'recorded', NODE_OPTIONS: '--experimental-vm-modules' },
    });
    expectVerdicts(outcome, 2);
    expect(outcome.stderr).not.toContain('transcript');
    const files = readdirSync(join(project.folder, 'recorded'));
    const seen = files.map((file) => {
      const lines = project.readLines<{ e?: string; test?: string }>(join('recorded', file));
      return `${lines.find(({ e }) => e === 'open')?.test}, ${lines.filter(({ e }) => e === 'closed').length} closed`;
    });
    expect(seen.toSorted()).toEqual(['of a, 1 closed', 'of b, 1 closed']);
  });
});
