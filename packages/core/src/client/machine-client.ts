/** What a test process needs to reach the host of the machine. Loaded by the first that does. */
import { runInfo } from '../hosts/run-info.ts';
import type { RunInfo } from '../wire/machine-messages.ts';

export { connectToMachine } from './connect-to-machine.ts';

/** The run of a process that no host knows as part of one. */
export function ownRun(runner: string): RunInfo {
  return runInfo(process.cwd(), runner);
}
