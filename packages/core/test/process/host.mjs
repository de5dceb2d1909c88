// A host that starts one child, says its pid, and waits for its own end: `host.mjs DIRECTORY HOW PROGRAM FLAGS…`.
// HOW is `stay`; `exit`: ends by itself as soon as the child has said hello; `idle`: unrefs the child and has nothing
// else to do; `throw`: crashes.
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startChild } from '../../src/process/start-child.ts';
import { PidFiles } from '../../src/process/pid-files.ts';

const [directory, how, name, ...flags] = process.argv.slice(2);
const program = fileURLToPath(new URL(`../programs/${name}.mjs`, import.meta.url));
let heard;
const grandchild = new Promise((resolve) => (heard = resolve));
const child = await startChild(
  { command: process.execPath, args: [program, '--hello-at-once', ...flags], stderr: 'forward' },
  { started: new PidFiles(directory), onStderr: (chunk) => process.stderr.write(chunk, heard) },
);
await new Promise((resolve) => child.output.once('data', resolve));
if (name.endsWith('-grandchild')) await grandchild;
console.log(child.pid);
if (how === 'stay') await setTimeout(1e6);
if (how === 'exit') process.exit(0);
if (how === 'throw') throw new Error('broken');
if (how === 'idle') child.unref();
