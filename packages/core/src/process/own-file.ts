/**
 * A file of this package that is started as a process or a thread. They lie flat in one folder, so each finds the others beside
 * it. Where the source runs, in tests, what it starts is what was built: as users have it, and loaded in half the time.
 */
export function ownFile(name: `${string}.js`): URL {
  return new URL(import.meta.url.endsWith('.ts') ? `../../dist/${name}` : `./${name}`, import.meta.url);
}
