/** Both sides of the rows that hold Carpool's shared workers and leases against AVA's, each with its test files. */
import { fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { addressVariable, startHost } from 'carpool/adapter/main-process';
import type { Contestant } from './measure.ts';
import { start, type Side } from './test-file.ts';

export type FileName = 'first' | 'second';

/** One run of AVA with a worker thread for each file. */
export function ava(...names: readonly FileName[]): Promise<Side> {
  // The file that the package's `bin` names; the package does not export it.
  const command = fileURLToPath(new URL('./cli.js', import.meta.resolve('ava')));
  const files = names.map((name) => `baselines/ava/${name}.ts`);
  return start(names, (env) => [
    spawn(process.execPath, [command, ...files], {
      cwd: import.meta.dirname,
      env: { ...env, NODE_ENV: 'test' },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  ]);
}

/** A host, and a process for each file, as in most runners. */
export async function carpool(...names: readonly FileName[]): Promise<Side> {
  const host = await startHost({ root: import.meta.dirname });
  await host.configured;
  const program = fileURLToPath(new URL('./workers/test-file.ts', import.meta.url));
  const side = await start(names, (env) =>
    names.map((name) => fork(program, [name], { env: { ...env, [addressVariable]: host.address } })),
  );
  return {
    file: (name) => side.file(name),
    async [Symbol.asyncDispose]() {
      await side[Symbol.asyncDispose]();
      await host.stop();
    },
  };
}

/** The same measure of both sides, AVA's as the baseline. */
export function versus(
  sides: { readonly ava: Side; readonly carpool: Side },
  measure: (side: Side) => Promise<number>,
): Readonly<Record<'baseline' | 'carpool', Contestant>> {
  return { baseline: () => measure(sides.ava), carpool: () => measure(sides.carpool) };
}
