/** The timeline of this host as a file of its project. Loaded where one is kept. */
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { version } from '../base/version.ts';
import { removeOldRuns, runFileName, runsFolder } from '../hosts/run-files.ts';
import type { Boot } from '../wire/control.ts';
import { timelineVersion } from '../wire/timeline-lines.ts';
import { TimelineFile } from './timeline-file.ts';

/** `undefined`: the project has no `node_modules`, and nothing is kept. */
export function timelineOf({ root, runner }: Pick<Boot, 'root' | 'runner'>): TimelineFile | undefined {
  const folder = runsFolder(root);
  if (folder === undefined) return undefined;
  removeOldRuns(folder);
  const { pid, stderr } = process;
  const zero = Math.round(Date.now() - systemClock.now());
  const kept = new TimelineFile({
    file: join(folder, runFileName(zero, pid)),
    header: { carpoolTimeline: timelineVersion, carpool: version, runner, folder: root, pid, zero },
    clock: systemClock,
    warn: (message) => void stderr.write(`carpool: ${message}\n`),
  });
  // After a crash, too.
  process.once('exit', () => kept.close());
  return kept;
}
