/** Finds the files that a shared worker loads: when one of them is edited, the host reloads it. */
import * as modules from 'node:module';

type Resolve = (
  specifier: string,
  context: object,
  next: (specifier: string, context: object) => { url: string },
) => object;

/** @param report called with new ones, soon after they were loaded */
export function watchFiles(report: (files: readonly string[]) => void): void {
  // Node 22.15 and newer; in older ones only the worker's own file is known.
  const { registerHooks } = modules as { registerHooks?: (hooks: { resolve: Resolve }) => void };
  if (registerHooks === undefined) return;
  const known = new Set<string>();
  let fresh: string[] = [];
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const { url } = resolved;
      if (!url.startsWith('file:') || url.includes('/node_modules/') || known.has(url)) return resolved;
      known.add(url);
      if (fresh.length === 0) {
        setImmediate(() => {
          const files = fresh;
          fresh = [];
          report(files);
        });
      }
      fresh.push(url);
      return resolved;
    },
  });
}
