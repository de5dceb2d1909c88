// Six runs of three runners in six work trees at once on one machine, with kills of each kind at random places. A seed decides
// which; CARPOOL_SEEDS=7 or CARPOOL_SEEDS=1-20 names others than those below.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '@carpool/test-harness/programs';
import { describe, expect, test } from 'vitest';
import { faultsIn } from '../machine/check.ts';
import { parseSeeds, schedule } from '../machine/schedule.ts';
import { SeveralRuns } from '../machine/several-runs.ts';
import { linesOfARun, testsOfARun } from '../machine/work-trees.ts';

/** The two by default have kills of all kinds but SIGTERM between them. */
const seeds = parseSeeds(process.env['CARPOOL_SEEDS'] ?? '1,3');
/** Milliseconds for one seed. */
const timeout = 240_000;
/** Of a host that is not started by a run: longer than the runners need to start, and shorter than what is left is waited for. */
const idle = '10s';

describe.skipIf(git.path === undefined)(`six runs at once${git.reason}`, { timeout }, () => {
  test.for(seeds)('seed %i', async (seed) => {
    await using runs = new SeveralRuns();
    const kills = schedule(seed, { runs: runs.names.length, lines: linesOfARun });
    console.log(
      `seed ${seed}: ${kills.map(({ how, run, line }) => `${how} ${runs.names[run ?? -1] ?? ''} ${line}`).join(', ')}`,
    );
    // Else the first of the runs starts the host.
    const served = seed % 3 === 1;
    if (served) await runs.command('serve', '--detach', '--idle', idle);
    const ends = await runs.all(kills);
    const after = await runs.after();
    // One of a run goes on for a minute.
    if (!served) await runs.command('stop');
    const left = await runs.left();
    // Without the host the others end early.
    const hostKilled = kills.some(({ how }) => how === 'host');
    const missed = runs.missed.filter(({ run }) => run === undefined || !hostKilled);
    const faults = faultsIn({ lines: runs.journal.lines, ends, tests: testsOfARun });
    if (faults.length + left.length > 0) {
      const folder = join(import.meta.dirname, '../test-results');
      const kept = join(folder, `machine-seed-${seed}.jsonl`);
      mkdirSync(folder, { recursive: true });
      copyFileSync(runs.journal.file, kept);
      console.log(`The journal is ${kept}. The log of the host:\n${runs.log}`);
    }
    expect({ faults, missed, left, after }).toMatchObject({
      faults: [],
      missed: [],
      left: [],
      after: { code: 0, tests: [{ status: 'passed' }] },
    });
  });
});
