/** Which files a shared worker is made of, as far as Node tells: who edits one of them wants it loaded again. */
import * as modules from 'node:module';

type Resolve = (
  specifier: string,
  context: object,
  next: (specifier: string, context: object) => { url: string },
) => object;

/** @param tell called with new ones, soon after they were loaded */
export function watchFiles(tell: (files: readonly string[]) => void): void {
  // From Node 22.15 on; before, the file of the worker itself is all that is known.
  const { registerHooks } = modules as { registerHooks?: (hooks: { resolve: Resolve }) => void };
  if (registerHooks === undefined) return;
  const told = new Set<string>();
  let fresh: string[] = [];
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const { url } = resolved;
      if (!url.startsWith('file:') || url.includes('/node_modules/') || told.has(url)) return resolved;
      told.add(url);
      if (fresh.length === 0) {
        setImmediate(() => {
          const files = fresh;
          fresh = [];
          tell(files);
        });
      }
      fresh.push(url);
      return resolved;
    },
  });
}
