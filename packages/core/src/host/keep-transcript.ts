/** The transcript of a run, from its host. Loaded with its config. */
import type { LoadedConfig } from '../config/load.ts';
import { messageOf } from '../base/thrown.ts';
import { openTranscript, type OpenTranscriptOptions } from '../process/open-transcript.ts';
import type { TranscriptFile } from '../process/transcript-file.ts';

/** Does not throw: the run goes on without it. @param run with `warn`: stderr by default */
export function openRunTranscript(
  { warn = toStderr, ...run }: Partial<OpenTranscriptOptions> & Pick<OpenTranscriptOptions, 'root' | 'runner'>,
  { transcript }: Pick<LoadedConfig, 'transcript'>,
): TranscriptFile | undefined {
  try {
    return openTranscript({ ...run, wish: transcript, warn });
  } catch (thrown) {
    warn(`no transcript is kept: ${messageOf(thrown)}`);
    return undefined;
  }
}

function toStderr(message: string): void {
  process.stderr.write(`carpool: ${message}\n`);
}
