/** A host that serves the smallest child that a pool can have: whose own cost hides nothing of Carpool's. */
import { parse } from 'node:path';
import { fromRecord } from '../../base/errors.ts';
import { startHost } from '../../main-process/start-host.ts';
import type { Host } from '../../main-process/types.ts';
import type { PoolOptions } from '../../pool/options.ts';
import { type Usage, usageOfGroup } from '../../process/usage.ts';

const answer = `
let rest = '';
process.stdin.setEncoding('utf8').on('data', (text) => {
  const lines = (rest + text).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    const { session, id, type } = JSON.parse(line);
    process.stdout.write(JSON.stringify({ type: type === 'reset' ? 'closed' : 'reply', session, id }) + '\\n');
  }
});
`;

const pool: PoolOptions = {
  command: process.execPath,
  args: ['-e', answer],
  protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
};

/** The name of its pool. */
export const answering = 'answers';

/** @throws CarpoolError HUB_UNREACHABLE, CONFIG_INVALID */
export async function startMeasuredHost(): Promise<Host> {
  // A config is searched in a folder and those above it: from the root of the file system only there.
  const { root } = parse(process.cwd());
  const host = await startHost({ root, pools: { [answering]: pool }, runner: 'carpool measure', records: false });
  const { problem } = await host.configured;
  if (problem === undefined) return host;
  await host.stop();
  throw fromRecord(problem);
}

/** A host leads its own process group; its children have groups of their own. */
export function usageOfHost({ pid }: Host): Usage {
  return pid === undefined ? { cpu: undefined, memory: undefined } : usageOfGroup(pid);
}
