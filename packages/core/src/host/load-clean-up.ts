/** The clean-up of a value of `once`, with all that it takes: loaded where there is a value to clean up after. */
import { messageOf } from '../base/thrown.ts';
import type { OnceValue } from '../ledger/once-values.ts';

/** Does not reject: what fails is printed, because no test is left that could fail. */
export async function loadAndCleanUp(name: string, value: OnceValue): Promise<void> {
  try {
    const { cleanUp } = await import('./clean-up.ts');
    await cleanUp(name, value);
  } catch (thrown) {
    process.stderr.write(
      `carpool: The clean-up of the value ${JSON.stringify(name)} was not begun: ${messageOf(thrown)}\n`,
    );
  }
}
