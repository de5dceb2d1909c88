/**
 * A top-level `await` that never settles, in a test file, in what it imports, or in the Playwright config: Node ends a process
 * that has nothing left to do, and Playwright's would end with code 0, in silence, though it has run no test. Where it has run
 * them it calls `process.exit`, which emits no `beforeExit`.
 */
const watched: unique symbol = Symbol.for('carpool.playwright.unsettled') as never;
const home = globalThis as { [watched]?: () => string | undefined };

/**
 * Fails such a run. Once in each process, and only in the one of `playwright test`: other programs may load these modules.
 * @param loading the test file that Playwright evaluates, if it can be asked
 */
export function failWhereUnsettled(loading?: () => string | undefined): void {
  if (process.env['TEST_WORKER_INDEX'] !== undefined || process.argv[2] !== 'test') return;
  const known = home[watched] !== undefined;
  if (!known || loading !== undefined) home[watched] = loading ?? (() => undefined);
  if (known) return;
  process.once('beforeExit', () => {
    const file = home[watched]?.();
    const what = file ?? 'its config or a test file';
    process.stderr.write(
      `carpool: no test has run: Playwright was loading ${what}, and its process had nothing left to do. A top-level \`await\` there, or in what it imports, never settles\n`,
    );
    process.exitCode = 1;
  });
}
