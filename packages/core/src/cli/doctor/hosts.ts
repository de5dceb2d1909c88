/** Whether the hosts that run answer. */
import { processes } from '../ps/ask.ts';
import { count } from '../ps/units.ts';
import type { HostView } from '../ps/types.ts';
import type { Finding } from './finding.ts';

const check = 'hosts';

export async function checkHosts(bases?: readonly string[]): Promise<Finding[]> {
  const { hosts } = await processes({ most: 0, bases });
  const answering = hosts.filter(({ state }) => state === 'answers').length;
  const faults = hosts.flatMap((host) => fault(host) ?? []);
  if (answering === 0) return faults.length > 0 ? faults : [{ check, status: 'ok', text: 'no host is running' }];
  const text = `${count(answering, 'host')} that ${answering === 1 ? 'answers' : 'answer'}: \`carpool ps\` shows what runs there`;
  return [{ check, status: 'ok', text }, ...faults];
}

function fault(host: HostView): Finding | undefined {
  if (host.state === 'answers') return undefined;
  const { pid, reason, state, folder } = host;
  const name = pid === undefined ? `the host of ${folder}` : `the host with pid ${pid}`;
  if (state === 'refused') return { check, status: 'warning', text: `${name} cannot be asked: ${reason}` };
  const advice = pid === undefined ? 'Unset it, or start that host again' : `\`carpool stop ${pid}\` ends it`;
  return { check, status: 'problem', text: `${name}: ${reason}`, advice };
}
