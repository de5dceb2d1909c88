/** The timeline of this host as a file of its project. Loaded where one is kept. */
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { version } from '../base/version.ts';
import { removeOldRuns, runFileName, runsFolder, transcriptFileOf } from '../process/run-files.ts';
import { zeroOfClock } from '../process/zero.ts';
import { timelineVersion } from '../wire/timeline-lines.ts';
import { TimelineFile } from './timeline-file.ts';

export interface KeptRun {
  readonly root: string;
  readonly runner: string | undefined;
  /** For the name of the file: no two runs of a project have both this and their start. */
  readonly pid: number;
  /** When it began, by both clocks. Default: when the host did. */
  readonly began?: Moment | undefined;
  /** Takes a sentence, once, if it cannot be written. Default: stderr. */
  readonly warn?: ((message: string) => void) | undefined;
  /** The path of its transcript. */
  readonly transcript?: string | undefined;
}

export interface Moment {
  /** By the clock of this host. */
  readonly clock: number;
  /** Milliseconds since 1970. */
  readonly date: number;
}

/** The caller closes it, also where this process fails. `undefined`: the project has no `node_modules`, and nothing is kept. */
export function timelineOf({
  root,
  runner,
  pid,
  began,
  warn = toStderr,
  transcript,
}: KeptRun): TimelineFile | undefined {
  const folder = runsFolder(root);
  if (folder === undefined) return undefined;
  removeOldRuns(folder);
  const zero = began?.date ?? zeroOfClock();
  const file = join(folder, runFileName(zero, pid));
  const elsewhere = transcript === transcriptFileOf(file) ? undefined : transcript;
  return new TimelineFile({
    file,
    header: {
      carpoolTimeline: timelineVersion,
      carpool: version,
      runner,
      folder: root,
      pid: process.pid,
      zero,
      transcript: elsewhere,
    },
    began: began?.clock,
    clock: systemClock,
    warn,
  });
}

function toStderr(message: string): void {
  process.stderr.write(`carpool: ${message}\n`);
}
