/** The questions, in a terminal. */
import { confirm, isCancel, multiselect, select } from '@clack/prompts';
import { dialects } from './dialects.ts';
import { dialectNames, runnerNames, type DialectName, type RunnerName } from './names.ts';
import { runners } from './runners.ts';
import { Refusal } from './refusal.ts';

/** @throws Refusal if the user leaves */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Refusal('nothing is written');
  return answer as Exclude<T, symbol>;
}

/** @param found those that the project has: chosen unless the user says otherwise */
export async function askRunners(found: readonly RunnerName[]): Promise<RunnerName[]> {
  const options = runnerNames.map((value) => ({ value, label: runners[value].title }));
  const asked = multiselect({ message: 'Which runners?', options, initialValues: [...found], required: true });
  return answered(await asked);
}

export async function askDialect(likely: DialectName): Promise<DialectName> {
  const options = dialectNames.map((value) => ({ value, label: dialects[value].title, hint: value }));
  return answered(await select({ message: 'What do the tests share?', options, initialValue: likely }));
}

/** Yes, unless the user says otherwise. */
export async function askYes(message: string): Promise<boolean> {
  return answered(await confirm({ message }));
}
