/** The host that is looked at: the one that is named, that of the environment, the only one of this project, or the only one that runs. */
import { realpathSync } from 'node:fs';
import { messageOf } from '../../base/thrown.ts';
import { runsFolder } from '../../process/run-files.ts';
import { livingHosts, type LivingHost } from '../../hosts/living-hosts.ts';
import { addressVariable } from '../../wire/address.ts';
import type { RunStatus, StatusResult } from '../../wire/status.ts';
import { statusOf } from '../ps/ask.ts';
import { count } from '../ps/units.ts';

export interface ChooseOptions {
  /** The pid of a host or of a runner, or the id of a run. Default: the only one of this project, else the only one there is. */
  readonly host?: string | undefined;
  /** Where hosts are looked for. Default: where those of this user are. */
  readonly bases?: readonly string[] | undefined;
  /** The command, for sentences: "carpool tail". */
  readonly command: string;
}

export type Choice =
  | { readonly address: string; readonly fault?: undefined }
  /** Why there is none: a sentence, and below it the hosts that can be named. */
  | { readonly address?: undefined; readonly fault: string };

interface Asked {
  readonly host: LivingHost;
  /** Absent: it has not answered. */
  readonly status?: StatusResult | undefined;
  readonly reason?: string | undefined;
}

export async function chooseHost({ host: wanted, bases, command }: ChooseOptions): Promise<Choice> {
  const ofEnvironment = process.env[addressVariable];
  if (wanted === undefined && ofEnvironment !== undefined && ofEnvironment !== '') return { address: ofEnvironment };
  const asked = await Promise.all(livingHosts(bases).map(ask));
  if (wanted !== undefined) return named(asked, wanted);
  const answering = asked.filter(({ status }) => status !== undefined);
  const project = projectOf(process.cwd());
  // The folder of a run that has come from another machine is there.
  const isOwn = ({ client, folder }: RunStatus): boolean => client === undefined && projectOf(folder) === project;
  const own = answering.filter(({ status }) => status?.runs.some(isOwn));
  const [only, other] = own.length === 1 ? own : answering;
  if (only !== undefined && other === undefined) return { address: only.host.address };
  if (other !== undefined) {
    const rows = answering.map(({ host, status }) => `  ${host.record.pid}  ${servedText(status)}`);
    return {
      fault: [`${count(answering.length, 'host')} run: name one, \`${command} --host PID\``, ...rows].join('\n'),
    };
  }
  const [silent] = asked;
  return { fault: silent === undefined ? 'no host is running' : silentText(silent) };
}

/** What two folders of one project have in common: where its runs are kept, as `carpool report` and `transcript` find them. */
function projectOf(folder: string): string {
  let real = folder;
  try {
    real = realpathSync(folder);
  } catch {
    // It was removed, or is another user's: its name is what there is.
  }
  return runsFolder(real) ?? real;
}

async function ask(host: LivingHost): Promise<Asked> {
  try {
    return { host, status: await statusOf(host.address, 0) };
  } catch (thrown) {
    return { host, reason: messageOf(thrown) };
  }
}

function named(asked: readonly Asked[], wanted: string): Choice {
  const is = (pid: number | undefined): boolean => String(pid) === wanted;
  const found =
    asked.find(({ host }) => host.samePids && is(host.record.pid)) ??
    asked.find(({ status }) => status?.runs.some(({ id, pid }) => id === wanted || is(pid)));
  if (found === undefined) return { fault: `no host and no run of this user is ${wanted}; \`carpool ps\` lists them` };
  return found.status === undefined ? { fault: silentText(found) } : { address: found.host.address };
}

function silentText({ host, reason }: Asked): string {
  const pid = host.samePids ? `, pid ${host.record.pid},` : '';
  return `the host${pid} cannot be asked: ${reason ?? 'it does not answer'}`;
}

/** "vitest, /code/api"; "the host of this machine, 2 runs" */
function servedText(status: StatusResult | undefined): string {
  if (status === undefined) return '';
  const { kind, runs } = status;
  if (kind === 'machine') return `the host of this machine, ${count(runs.length, 'run')}`;
  return runs.map(({ runner = 'a runner', folder }) => `${runner}, ${folder}`).join('; ') || 'no run';
}
