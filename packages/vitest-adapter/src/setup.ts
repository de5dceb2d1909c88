/**
 * Runs in the worker before each test file. Added by the plugin; without the plugin it is listed by hand:
 * `setupFiles: ['@carpool/vitest/setup']`, with `server: { deps: { inline: ['@carpool/vitest'] } }` where files are not
 * isolated: Vitest runs a set-up file once for each test file only if it evaluates it itself.
 */
// Nothing of it exists in a browser.
if ((globalThis as { process?: Partial<NodeJS.Process> }).process?.versions?.node !== undefined) {
  const { installHooks } = await import('./hooks.ts');
  await installHooks();
}

export {};
