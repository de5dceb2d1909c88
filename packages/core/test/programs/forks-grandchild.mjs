// Leaves behind a process that has its pipes. With --stubborn that one ignores SIGTERM.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { flag, serve } from './talk.mjs';

const program = fileURLToPath(new URL('grandchild.mjs', import.meta.url));
spawn(process.execPath, [program, ...(flag('stubborn') ? ['--stubborn'] : [])], { stdio: 'inherit' }).unref();
serve({ die: ({ code = 0 }) => process.exit(code) });
