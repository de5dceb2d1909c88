// Leaves behind a process that has left its group and holds none of its pipes, and prints its pid on stderr.
import { spawn } from 'node:child_process';
import { flag, serve } from './talk.mjs';

const code = `${flag('stubborn') ? "process.on('SIGTERM', () => {});" : ''} process.send(0); setInterval(() => {}, 1e6)`;
const grandchild = spawn(process.execPath, ['-e', code], {
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  detached: true,
});
grandchild.once('message', () => {
  grandchild.disconnect();
  grandchild.unref();
  process.stderr.write(`grandchild ${grandchild.pid}\n`);
});
serve({ die: ({ code: status = 0 }) => process.exit(status) });
