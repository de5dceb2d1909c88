/** What is known of the runner: through its adapter, else from the environment. */
import { currentTestSlot, type CurrentTest, type Goldens } from 'carpool/adapter/current-test';

/** The runner of a test that compares with a golden file. */
export interface Runner extends Omit<Goldens, 'file' | 'accept'> {
  /** The test file; undefined without an adapter. */
  readonly file: string | undefined;
  /** Undefined without an adapter. */
  readonly accept: string | undefined;
  /** One object for each run of a test file. */
  readonly run: object;
}

/** Without an adapter, all files of the process. */
const wholeProcess = {};

/** The runner of the test that runs. */
export async function currentRunner(env: NodeJS.ProcessEnv = process.env): Promise<Runner> {
  const current = await currentTest();
  const goldens = await current?.goldens?.();
  const run = current?.file ?? wholeProcess;
  if (goldens !== undefined) return { ...goldens, run };
  return { file: undefined, accept: undefined, update: isCi(env) ? 'none' : 'missing', run };
}

/** Opened now, if nothing in the file has needed it yet: a pool in this process does not. */
async function currentTest(): Promise<CurrentTest | undefined> {
  const slot = currentTestSlot();
  if (slot.currentTest !== undefined || slot.open === undefined) return slot.currentTest;
  const { openedCurrentTest, owners } = await import('carpool/adapter/test-process');
  return openedCurrentTest(slot, owners);
}

function isCi(env: NodeJS.ProcessEnv): boolean {
  return !['', '0', 'false'].includes(env['CI'] ?? '');
}
