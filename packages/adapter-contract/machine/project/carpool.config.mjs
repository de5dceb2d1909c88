// The same in every work tree, so that all of them share its children.
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'carpool';

const { RUN_JOURNAL, RUN_NAME: run } = process.env;
const at = Math.round(Number(process.hrtime.bigint()) / 1_000);
appendFileSync(RUN_JOURNAL, `${JSON.stringify({ at, run, pid: process.pid, event: 'configures' })}\n`);

export default defineConfig({
  host: 'machine',
  locks: { printer: { lock: 'printer', scope: 'machine' } },
  pools: {
    shared: {
      command: process.execPath,
      args: [fileURLToPath(new URL('child.mjs', import.meta.url))],
      protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
      children: 2,
      sessionsPerChild: 4,
      // What tells runs apart would tell their children apart.
      inheritEnv: ['PATH', 'RUN_MARK'],
    },
  },
});
