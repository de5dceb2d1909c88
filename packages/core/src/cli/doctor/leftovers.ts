/** What hosts have left that were killed. Only what is proven to be a dead host's is removed. */
import { abandonedHosts, type AbandonedHost } from '../../hosts/abandoned-hosts.ts';
import { readHostRecord } from '../../hosts/host-record.ts';
import { livingHosts } from '../../hosts/living-hosts.ts';
import { leftMachineFolders, removeMachineFolder, sweepMachineFolders } from '../../hosts/machine-leftovers.ts';
import { hostFolders } from '../../hosts/own-folders.ts';
import { sweepHost } from '../../hosts/sweep.ts';
import { findMarked } from '../../process/marked.ts';
import { count } from '../ps/units.ts';
import type { Finding } from './finding.ts';

const check = 'leftovers';

export interface LeftoverOptions {
  /** Remove them. */
  readonly sweep?: boolean | undefined;
  readonly bases?: readonly string[] | undefined;
}

export async function checkLeftovers({ sweep = false, bases }: LeftoverOptions = {}): Promise<Finding[]> {
  const living = new Set(livingHosts(bases).map(({ folder }) => folder));
  const dead = await abandonedHosts(bases);
  const findings = await Promise.all(dead.map((host) => (sweep ? swept(host) : left(host))));
  const unknown = hostFolders(bases)
    .filter((folder) => !living.has(folder) && dead.every((host) => host.folder !== folder))
    .flatMap((folder) => unproven(folder));
  const machines = leftMachineFolders(bases).map((folder) => machineFinding(folder, sweep));
  if (sweep) sweepMachineFolders(bases);
  if (findings.length + unknown.length + machines.length === 0)
    return [{ check, status: 'ok', text: 'no killed host has left anything' }];
  return [...findings, ...unknown, ...machines];
}

async function left({ folder, record }: AbandonedHost): Promise<Finding> {
  const processes = (await findMarked()).get(record.id) ?? [];
  const pids = processes.map(({ pid }) => pid).join(' ');
  const and = processes.length === 0 ? '' : `, and ${count(processes.length, 'process', 'processes')}: pid ${pids}`;
  const text = `a host that was killed, process ${record.pid}, has left ${folder}${and}`;
  return { check, status: 'warning', text, advice: '`carpool doctor --sweep` removes it; so does the next run' };
}

async function swept(host: AbandonedHost): Promise<Finding> {
  const { text } = await left(host);
  if (await sweepHost(host)) return { check, status: 'ok', text: `removed: ${text}` };
  const advice = 'Look at its processes: one cannot be ended, or is where this process cannot see it';
  return { check, status: 'problem', text: `cannot be removed: ${text}`, advice };
}

/** Nothing in it is a process: a log, and the record of a host that has none any more. */
function machineFinding(folder: string, sweep: boolean): Finding {
  const text = `${folder}, in which a host of this machine was found that is gone`;
  if (!sweep) {
    const advice = '`carpool doctor --sweep` removes it; so does the next host of this machine';
    return { check, status: 'warning', text: `there is ${text}`, advice };
  }
  if (removeMachineFolder(folder)) return { check, status: 'ok', text: `removed: ${text}` };
  return { check, status: 'problem', text: `cannot be removed: ${text}`, advice: 'Look at who may write to it' };
}

/** Its host may run: on another machine, in another container, or about to write its record. */
function unproven(folder: string): Finding | [] {
  const record = readHostRecord(folder);
  // Made a moment ago, or emptied: a sweep removes an empty one after a minute.
  if (record === undefined) return [];
  return {
    check,
    status: 'warning',
    text: `nothing proves whether the host of ${folder} is gone: it was started in another container, on another machine, or before the last start of this one`,
    advice: 'If you know that it is gone, remove the folder',
  };
}
