/** Whether a transcript is wanted, and where it goes. Loaded where one may be. */
import { join, resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { transcriptVersion } from '../base/transcript.ts';
import { version } from '../base/version.ts';
import { closeAtExit } from './close-at-exit.ts';
import { poolsTranscriptOf, removeOldTranscripts, runFileName, runsFolder, transcriptFileOf } from './run-files.ts';
import { TranscriptFile } from './transcript-file.ts';
import { transcriptWanted, type TranscriptWish } from './transcript-wish.ts';
import { zeroOfClock } from './zero.ts';

export interface OpenTranscriptOptions {
  /** Of the project. */
  readonly root: string;
  readonly runner?: string | undefined;
  /** It is that of the pools which this process has itself. Default: of a run. */
  readonly isOfPools?: boolean | undefined;
  /** For the name of the file. Default: that of this process. */
  readonly pid?: number | undefined;
  /** When the run began, by the clock of this process, and in milliseconds since 1970. Default: when this process did. */
  readonly began?: { readonly clock: number; readonly date: number } | undefined;
  /** The environment that decides. Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What the config says. */
  readonly wish?: boolean | undefined;
  /** Takes a sentence about what is not kept. */
  readonly warn: (message: string) => void;
}

/** `undefined`: none is wanted, or there is no place for it, which is told. It is complete when this process ends, also after a crash. */
export function openTranscript(options: OpenTranscriptOptions): TranscriptFile | undefined {
  const { root, runner, isOfPools = false, wish, began, warn, env = process.env, pid = process.pid } = options;
  const wanted: TranscriptWish = transcriptWanted(env, wish);
  if (wanted === false) return undefined;
  const folder = wanted === true ? runsFolder(root) : resolve(root, wanted);
  if (folder === undefined) {
    warn(
      `no transcript is kept: there is no \`node_modules\` in ${root} or above it; CARPOOL_TRANSCRIPT can be a folder instead`,
    );
    return undefined;
  }
  if (wanted === true) removeOldTranscripts(folder, Date.now());
  const zero = began?.date ?? zeroOfClock();
  const run = runFileName(zero, pid);
  const kept = new TranscriptFile({
    file: join(folder, isOfPools ? poolsTranscriptOf(run, 1) : transcriptFileOf(run)),
    ...(isOfPools && { another: (number) => join(folder, poolsTranscriptOf(run, number)) }),
    header: { carpoolTranscript: transcriptVersion, carpool: version, runner, folder: root, pid: process.pid, zero },
    began: began?.clock,
    clock: systemClock,
    warn,
  });
  closeAtExit(kept);
  return kept;
}
