/** What can be wrong with a host, in the words of the process that started it. */
import { CarpoolError, toRecord } from '../base/errors.ts';
import { localPath } from '../wire/address.ts';
import { controlDescriptor, type Configured } from '../wire/control.ts';
import { readEnding } from '../wire/left-ending.ts';

/** The host cannot be used at all. @param why half a sentence, whose subject is the host */
export function unreachable(why: string): CarpoolError {
  return new CarpoolError('HUB_UNREACHABLE', `Cannot start the host process: ${why}`);
}

/** Something in the host has written to a descriptor that is not its own. */
export function malformedReport(line: string): CarpoolError {
  const text = JSON.stringify(line.length > 200 ? `${line.slice(0, 200)}…` : line);
  const message = `The host sent ${text} where a report belongs: code in it writes to descriptor ${controlDescriptor}, which is Carpool's`;
  return new CarpoolError('HUB_UNREACHABLE', message, { context: { descriptor: controlDescriptor } });
}

/** A config that is not loaded in time. */
export interface LateConfig {
  readonly file: string | undefined;
  /** The file, or the words for it. */
  readonly name: string;
  /** Milliseconds. */
  readonly configTimeout: number;
  /** The host answers meanwhile. */
  readonly answers: boolean;
}

export function lateConfig({ file, name, configTimeout, answers }: LateConfig): CarpoolError {
  const why = answers
    ? 'a top-level `await` in it, or in what it imports, has not settled'
    : 'code in it, or in what it imports, does not return: an endless loop, or a call that blocks';
  const message = `Cannot load ${name}: it was not loaded within ${Math.round(configTimeout)} ms: ${why}. If it needs longer, set \`configTimeout\` in the options of the adapter`;
  return new CarpoolError('CONFIG_INVALID', message, { context: { file, configTimeout } });
}

/** What a host without a usable config offers. @param files whose change may help */
export function withoutConfig(error: CarpoolError, files: readonly string[] = []): Configured {
  return { pools: [], sharedWorkers: [], locks: {}, files, problem: toRecord(error) };
}

/** Who has ended the host of this address on purpose, if somebody has. Empty: it has none so far. */
export function endingAt(address: string): CarpoolError | undefined {
  return address === '' ? undefined : readEnding(localPath(address), undefined);
}

/** For stderr: tests know only that their connections have ended. @param how "was killed by SIGKILL" */
export function endedMeanwhile(pid: number | undefined, how: string, ending: CarpoolError | undefined): string {
  if (ending !== undefined) return `carpool: ${ending.message}\n`;
  return `carpool: The host (process ${pid}) ${how} while the run went on: tests that use it fail with HUB_LOST from now on. What it printed is above; what it had started is ended now\n`;
}
