/** The transcript of the run of this host. Loaded with its config. */
import type { LoadedConfig } from '../config/load.ts';
import { messageOf } from '../base/thrown.ts';
import { openTranscript } from '../process/open-transcript.ts';
import type { TranscriptFile } from '../process/transcript-file.ts';
import { transcriptWanted } from '../process/transcript-wish.ts';
import type { Boot } from '../wire/control.ts';

/** Does not throw: the run goes on without it. */
export function transcriptOf(
  { root, runner }: Pick<Boot, 'root' | 'runner'>,
  { transcript }: Pick<LoadedConfig, 'transcript'>,
): TranscriptFile | undefined {
  try {
    return openTranscript({ root, runner, wish: transcript, warn });
  } catch (thrown) {
    warn(`no transcript is kept: ${messageOf(thrown)}`);
    return undefined;
  }
}

/** Says so, where one is wanted: the host of the machine keeps none. */
export function noneOnMachine({ transcript }: Pick<LoadedConfig, 'transcript'>): void {
  if (transcriptWanted(process.env, transcript) !== false)
    warn("no transcript is kept of a run on the host of the machine: with `host: 'run'` in the config it has one");
}

function warn(message: string): void {
  process.stderr.write(`carpool: ${message}\n`);
}
