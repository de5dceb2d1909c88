/** Loads a user's file, which may be TypeScript. */
import type { LoadHookContext, RegisterHooksOptions } from 'node:module';
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

type Module = Record<string, unknown>;

/** By Node itself where it can, so that most runs load no compiler. */
export async function importModule(url: string): Promise<Module> {
  try {
    return await importByNode(url);
  } catch (thrown) {
    if (!mayNeedCompiler(thrown)) throw thrown;
    const { createJiti } = await import('jiti');
    // Its cache would outlive the run in the temporary folder. Without `interopDefault` a missing default is missing.
    const options = { moduleCache: false, fsCache: false, interopDefault: false };
    return await createJiti(import.meta.url, options).import(fileURLToPath(url));
  }
}

async function importByNode(url: string): Promise<Module> {
  try {
    return (await import(url)) as Module;
  } catch (thrown) {
    const { registerHooks } = process.getBuiltinModule('node:module') as { registerHooks?: RegisterHooks };
    // Absent in Node before 22.15.
    if (!(thrown instanceof SyntaxError) || registerHooks === undefined) throw thrown;
    return await importAsModule(url, registerHooks);
  }
}

type RegisterHooks = (hooks: RegisterHooksOptions) => { deregister(): void };

/** In a package with `"type": "commonjs"` Node takes a `.ts` or `.js` file for CommonJS, whatever it holds. */
async function importAsModule(url: string, registerHooks: RegisterHooks): Promise<Module> {
  const again = new URL(url);
  // Node remembers the failure under the other address.
  again.searchParams.set('as', 'module');
  const hooks = registerHooks({ load: (at, context, next) => next(at, asModule(at, context)) });
  try {
    return (await import(again.href)) as Module;
  } finally {
    hooks.deregister();
  }
}

function asModule(url: string, context: LoadHookContext): LoadHookContext {
  const isOwn = /\.[jt]s$/.test(new URL(url).pathname) && !url.includes('/node_modules/');
  if (!isOwn) return context;
  switch (context.format) {
    case 'commonjs':
      return { ...context, format: 'module' };
    case 'commonjs-typescript':
      return { ...context, format: 'module-typescript' };
    default:
      return context;
  }
}

function mayNeedCompiler(thrown: unknown): boolean {
  return needsCompiler.has((thrown as { code?: unknown }).code) || thrown instanceof SyntaxError;
}
