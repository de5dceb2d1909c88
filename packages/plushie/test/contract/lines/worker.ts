/** The contract in two test files, and a third one whose worker is killed. The project's folder is the current one. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { RegisterOptions } from 'carpool';
import { poolContract } from './contract.ts';
import type { PlushieSession, Variant, Where } from './line.ts';
import { typeText, withFocus } from './subject.ts';
import { pidFile, poolName, variants } from './variants.ts';

/** The variants of the run, by name. */
const wanted = (process.env['CONTRACT_VARIANTS'] ?? '').split(',');
const inThisRun: readonly Variant[] = variants.filter(({ name }) => wanted.includes(name));

type Test = (name: string, body: () => Promise<void>) => void;

export interface Runner extends Pick<Where, 'expect' | 'pooledBackend'> {
  readonly test: Test;
  register(pool: string, options?: RegisterOptions): Promise<unknown>;
}

/** The test file `a`, or `b`. */
export function contractIn(file: 'a' | 'b', { test, expect, register, pooledBackend }: Runner): void {
  for (const variant of inThisRun) {
    const where: Where = {
      variant,
      expect,
      register: async (kind, options) => (await register(poolName(variant, kind), options)) as PlushieSession,
      freeze: () => process.kill(Number(readFileSync(pidFile(variant, '.'), 'utf8')), 'SIGSTOP'),
      pooledBackend,
      files: {
        async meet({ name }) {
          writeFileSync(`${name}.is-in-${file}`, '');
          await written(`${name}.is-in-${file === 'a' ? 'b' : 'a'}`);
        },
        killed: async ({ name }) => await written(`${name}.killed`),
      },
    };
    poolContract(where, test);
  }
}

/** The test file whose worker is killed in the middle of an interaction in each variant. */
export function victim({ test, register }: Pick<Runner, 'test' | 'register'>): void {
  test('is killed', async () => {
    const ids: string[] = [];
    for (const variant of inThisRun) {
      const session = await withFocus((await register(poolName(variant, 'single'))) as PlushieSession);
      // The renderer now waits for the answer to this step.
      for await (const { session: id } of session.interact(typeText)) {
        ids.push(id);
        break;
      }
    }
    for (const [at, { name }] of inThisRun.entries()) writeFileSync(`${name}.killed`, ids[at] ?? '');
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  });
}

/** Waits for a file that another worker writes; it tells of it in no other way. */
async function written(path: string): Promise<string> {
  while (!existsSync(path)) await pause(5);
  return readFileSync(path, 'utf8');
}
