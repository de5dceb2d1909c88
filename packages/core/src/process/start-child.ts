/**
 * Starts a child. Whether it started is known when `spawn()` returns: with a pid it did, and only the event is still to
 * come. Nothing is read from the pipes before the turn of the event loop ends, so a reader that attaches to `output` when
 * `startChild` resolves misses nothing; what comes later is held until there is a reader.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { execa } from 'execa';
import { CarpoolError } from '../base/errors.ts';
import type { Child, ChildOptions, ChildSpec, StdioPair } from './child.ts';
import { resolveCommand } from './command.ts';
import { childEnvironment, marker, variable } from './environment.ts';
import { startTimeOf } from './identity.ts';
import { OwnedChild } from './owned-child.ts';
import { killAtExit } from './reaper.ts';
import { SourceFiles } from './source-files.ts';
import { type StartAttempt, checkBeforeSpawn, notStarted, reportedFailure } from './start-failure.ts';

const windows = process.platform === 'win32';

/**
 * Resolves when the child is running, whether or not it can talk yet.
 * @throws CarpoolError CHILD_NOT_STARTED with `{ command, cwd, path }` in its context
 */
export async function startChild(spec: ChildSpec, options: ChildOptions = {}): Promise<Child> {
  const { command } = spec;
  const logs = spec.stdio === 'logs';
  const pair = checkPair(spec.stdio === undefined || spec.stdio === 'logs' ? { in: 0, out: 1 } : spec.stdio);
  const cwd = resolve(spec.cwd ?? '.');
  const env = childEnvironment(spec);
  const path = variable(env, 'PATH') ?? variable(process.env, 'PATH');
  const attempt: StartAttempt = { pool: options.pool, command, cwd, resolution: resolveCommand(command, cwd, path) };
  const { file } = attempt.resolution;
  const foreseen = checkBeforeSpawn(attempt);
  if (foreseen !== undefined || file === undefined) throw foreseen ?? notStarted(attempt, 'it was not found');

  const sources = await SourceFiles.of({
    file,
    args: spec.sourceArgs ?? spec.args ?? [],
    cwd,
    watch: spec.watch ?? true,
    watchFolder: spec.watchFolder === undefined ? undefined : resolve(spec.watchFolder),
  });
  const id = randomBytes(16).toString('hex');
  const subprocess = attempted(attempt, () => spawn(file, spec, { cwd, env: { ...env, [marker]: id }, pair }));
  const { nodeChildProcess: node, pid } = subprocess;
  if (pid === undefined) throw reportedFailure(attempt, (await subprocess).cause);

  const identity = { pid, startTime: startTimeOf(pid) };
  const unwatch = killAtExit(pid, id);
  const child = new OwnedChild(node, {
    identity,
    mark: id,
    file,
    sources,
    pair,
    logs,
    options,
    forward: spec.stderr === 'forward',
    killTree: () => subprocess.kill('SIGKILL'),
    onGone: async () => {
      unwatch();
      await options.gone?.();
      options.started?.remove(id);
    },
  });
  try {
    options.started?.add({ ...identity, id, command });
  } catch (error) {
    await child.kill();
    throw notStarted(
      attempt,
      `it could not be recorded in ${options.started?.directory}, so it was ended again`,
      error,
    );
  }
  await once(node, 'spawn');
  return child;
}

/** execa checks the arguments before it starts anything, and throws. */
function attempted<T>(attempt: StartAttempt, start: () => T): T {
  try {
    return start();
  } catch (error) {
    throw reportedFailure(attempt, error);
  }
}

interface SpawnPlace {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly pair: StdioPair;
}

function spawn(file: string, spec: ChildSpec, { cwd, env, pair }: SpawnPlace) {
  return execa(file, spec.args ?? [], {
    cwd,
    env,
    stdio: stdioOf(pair),
    extendEnv: false,
    // The pipes are read by OwnedChild, and the child is ended by our ladder and our `exit` handler alone.
    buffer: false,
    reject: false,
    cleanup: false,
    forceKillAfterDelay: false,
    // POSIX: its own process group and session. Windows: `kill` ends the tree.
    killDescendants: true,
    ...(spec.uid !== undefined && { uid: spec.uid }),
    ...(spec.gid !== undefined && { gid: spec.gid }),
    // A program may look at the name it was called by; it is started by its full path.
    ...(windows ? {} : { argv0: spec.command }),
  });
}

function stdioOf(pair: StdioPair): ['pipe', 'pipe', 'pipe'] {
  const all = Array.from({ length: Math.max(3, pair.in + 1, pair.out + 1) }, (_, descriptor) => {
    if (descriptor === pair.in && descriptor > 2) return { value: 'pipe', input: true };
    const used = descriptor === pair.in || descriptor === pair.out || descriptor === 1 || descriptor === 2;
    return used ? 'pipe' : 'ignore';
  });
  // execa's types for further descriptors do not fit a list that is made at run time.
  return all as ['pipe', 'pipe', 'pipe'];
}

function checkPair(pair: StdioPair): StdioPair {
  const { in: input, out: output } = pair;
  const possible = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 64;
  if (possible(input) && possible(output) && input !== output && input !== 1 && input !== 2 && output !== 0)
    return pair;
  const found = `{ in: ${input}, out: ${output} }`;
  throw new CarpoolError(
    'CONFIG_INVALID',
    `Cannot use \`stdio\` ${found}: \`in\` is 0 or from 3 to 63, \`out\` is another one, from 1 to 63`,
    { context: { path: 'stdio', found: pair } },
  );
}
