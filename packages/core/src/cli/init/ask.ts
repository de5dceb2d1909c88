/** The questions, in a terminal. */
import type { Key } from 'node:readline';
import { confirm, isCancel, multiselect, select } from '@clack/prompts';
import { dialects } from './dialects.ts';
import { dialectNames, runnerNames, type DialectName, type RunnerName } from './names.ts';
import { runners } from './runners.ts';
import { Refusal } from './refusal.ts';

/** @throws Refusal if the user leaves, or nothing more can be typed */
async function answered<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<Exclude<T, symbol>> {
  const over = new AbortController();
  const end = (): void => over.abort();
  const key = (_: string | undefined, { ctrl, name }: Key): void => {
    if (ctrl === true && name === 'd') end();
  };
  const { stdin } = process;
  const answer = ask(over.signal);
  // Last, so that the question has seen the key. Ctrl-D closes its input, and it would wait for another one for ever.
  stdin.on('keypress', key).once('end', end);
  try {
    const said = await answer;
    if (isCancel(said)) throw new Refusal('nothing is written');
    return said as Exclude<T, symbol>;
  } finally {
    stdin.off('keypress', key).off('end', end);
  }
}

/** @param found those that the project has: chosen unless the user says otherwise */
export async function askRunners(found: readonly RunnerName[]): Promise<RunnerName[]> {
  const options = runnerNames.map((value) => ({ value, label: runners[value].title }));
  return await answered((signal) =>
    multiselect({ message: 'Which runners?', options, initialValues: [...found], required: true, signal }),
  );
}

export async function askDialect(likely: DialectName): Promise<DialectName> {
  const options = dialectNames.map((value) => ({ value, label: dialects[value].title, hint: value }));
  return await answered((signal) =>
    select({ message: 'What do the tests share?', options, initialValue: likely, signal }),
  );
}

/** Yes, unless the user says otherwise. */
export async function askYes(message: string): Promise<boolean> {
  return await answered((signal) => confirm({ message, signal }));
}
