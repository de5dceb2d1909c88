/** Loads a user's file, which may be TypeScript. */
import { fileURLToPath } from 'node:url';

/** Node's errors for a file that a compiler may load. */
const needsCompiler: ReadonlySet<unknown> = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
]);

/** By Node itself where it can, so that most runs load no compiler. */
export async function importModule(url: string): Promise<Record<string, unknown>> {
  try {
    return (await import(url)) as Record<string, unknown>;
  } catch (thrown) {
    const { code } = thrown as { code?: unknown };
    if (!needsCompiler.has(code) && !(thrown instanceof SyntaxError)) throw thrown;
    const { createJiti } = await import('jiti');
    // Its cache would outlive the run in the temporary folder. Without `interopDefault` a missing default is missing.
    const options = { moduleCache: false, fsCache: false, interopDefault: false };
    return await createJiti(import.meta.url, options).import(fileURLToPath(url));
  }
}
