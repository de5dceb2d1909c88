/** Names that the command line does not know: of what runs here, and of the last run of this project. */
import { readFileSync } from 'node:fs';
import { livingHosts, type LivingHost } from '../../hosts/living-hosts.ts';
import { findMachineFolder, livingMachineHost } from '../../hosts/machine-folder.ts';
import type { StatusResult } from '../../wire/status.ts';
import { keptRuns, keptTranscripts } from '../../process/kept-runs.ts';
import { statusOf } from '../ps/ask.ts';
import { readRun } from '../report/read.ts';
import type { Candidate } from './complete.ts';

/** Milliseconds for the answer of a host: somebody waits for it at the keyboard. */
const answerTimeout = 300;

/** Never rejects: what cannot be known is left out. @param what an option or an argument: "run", "--pool" */
export async function namesOf(what: string): Promise<readonly Candidate[]> {
  try {
    switch (what) {
      case 'pool':
      case '--pool':
        return poolNames();
      case 'run':
      case '--host':
        return (await Promise.all(livingHosts().map(stoppable))).flat();
      case 'files':
        return keptRuns(process.cwd()).map((value) => ({ value }));
      case 'file':
      case '--run':
        return keptTranscripts(process.cwd()).map((value) => ({ value }));
      case '--revoke':
        return await clientNames();
      default:
        return [];
    }
  } catch {
    return []; // such as a timeline that is damaged
  }
}

/** Those of the last run: to evaluate the config would run code of the user at a Tab. */
function poolNames(): readonly Candidate[] {
  const [last] = keptRuns(process.cwd());
  if (last === undefined) return [];
  const { sessions, children } = readRun(readFileSync(last, 'utf8'));
  return [...new Set([...sessions, ...children].map(({ pool }) => pool))].map((value) => ({ value }));
}

async function stoppable(host: LivingHost): Promise<readonly Candidate[]> {
  const status = await statusIn(host.address);
  const description = host.machine === undefined ? 'the host of a run' : 'the host of this machine';
  const own = host.samePids ? [{ value: String(host.record.pid), description }] : [];
  const runs = (status?.runs ?? []).map(({ pid, id, runner = 'a run', folder }) => ({
    value: pid === undefined ? id : String(pid),
    description: `${runner}, ${folder}`,
  }));
  return [...own, ...runs];
}

/** Of the addresses that the host of this machine has given out. */
async function clientNames(): Promise<readonly Candidate[]> {
  const host = livingMachineHost(findMachineFolder());
  const status = host === undefined ? undefined : await statusIn(host.address);
  return (status?.listens?.clients ?? []).map(({ name }) => ({ value: name }));
}

async function statusIn(address: string): Promise<StatusResult | undefined> {
  return await statusOf(address, 0, answerTimeout).catch(() => undefined);
}
