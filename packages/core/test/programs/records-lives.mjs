// Echoes, and answers {type:'who'} with its pid. When it starts, it adds its pid to the file `lives` in TMPDIR, and to `alive` how many of those pids run then.
// Two that start at once are ordered by the file: the second one sees the first. So the highest number in `alive` is the
// highest number of these processes that there ever was.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { number, say, serve } from './talk.mjs';

const file = (name) => join(process.env.TMPDIR, name);
const isRunning = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

appendFileSync(file('lives'), `${process.pid}\n`);
const pids = readFileSync(file('lives'), 'utf8').trim().split('\n').map(Number);
appendFileSync(file('alive'), `${pids.filter(isRunning).length}\n`);
serve({ who: ({ session, id }) => say({ type: 'reply', session, id, pid: process.pid }) });
// It ends a while after the end of its input, so that a successor that does not wait would meet it.
process.stdin.on('end', () => setTimeout(() => {}, number('linger', 0)));
