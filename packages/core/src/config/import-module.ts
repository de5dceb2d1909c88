/** Loads a user's file, which may be TypeScript. */
import { readFileSync } from 'node:fs';
import type { LoadHookContext } from 'node:module';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TransformOptions, TransformResult } from 'jiti';
import type { FreshModules, RegisterHooks } from './fresh-modules.ts';

/** Node's errors for a file that a compiler may load. */
const needsCompiler: ReadonlySet<unknown> = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  // A TypeScript file in a package of `node_modules`.
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
]);

type Module = Record<string, unknown>;

/** By Node itself where it can, so that most runs load no compiler. */
export async function importModule(url: string, fresh?: FreshModules): Promise<Module> {
  fresh?.begin();
  try {
    return await hooked(url, fresh, () => import(url) as Promise<Module>);
  } catch (thrown) {
    if (!needsCompiler.has((thrown as { code?: unknown }).code) && !(thrown instanceof SyntaxError)) throw thrown;
    fresh?.compiled();
    const { createJiti } = await import('jiti');
    // Its cache would outlive the run in the temporary folder. Without `interopDefault` a missing default is missing.
    const options = { moduleCache: false, fsCache: false, interopDefault: false };
    const compiler = createJiti(import.meta.url, options);
    const transform = (source: TransformOptions): TransformResult => {
      if (source.filename !== undefined) fresh?.read(source.filename);
      return { code: compiler.transform(source) };
    };
    const jiti = createJiti(import.meta.url, { ...options, transform });
    return await hooked(url, fresh, () => jiti.import<Module>(fileURLToPath(url)));
  } finally {
    fresh?.end();
  }
}

/**
 * Outside packages with `"type": "module"`, Node takes a `.ts` or `.js` file for CommonJS, or tries that first and warns.
 * Here what a file holds decides.
 */
async function hooked<T>(url: string, fresh: FreshModules | undefined, load: () => Promise<T>): Promise<T> {
  const { registerHooks } = process.getBuiltinModule('node:module') as { registerHooks?: RegisterHooks };
  // Absent in Node before 22.15.
  if (registerHooks === undefined) fresh?.compiled();
  const hooks = registerHooks?.({
    load: (at, context, next) => next(at, withFormat(at, context)),
    ...(fresh !== undefined && {
      resolve: (specifier, context, next) => {
        const ofProject = specifier === url || isByCompiler(specifier, context.parentURL);
        return fresh.resolved(next(specifier, context), { ...context, specifier }, ofProject);
      },
    }),
  });
  try {
    return await load();
  } finally {
    hooks?.deregister();
  }
}

/** What the compiler leaves to Node, it imports itself, by the path that it has found. */
function isByCompiler(specifier: string, parentURL: string | undefined): boolean {
  const isPath = specifier.startsWith('file:') || isAbsolute(specifier);
  return isPath && parentURL?.includes('/node_modules/jiti/') === true;
}

function withFormat(url: string, context: LoadHookContext): LoadHookContext {
  const { protocol, pathname } = new URL(url);
  const isOwn = protocol === 'file:' && /\.[jt]s$/.test(pathname) && !pathname.includes('/node_modules/');
  const isModule = context.format === 'module' || context.format === 'module-typescript';
  if (!isOwn || isModule || !hasModuleSyntax(readFileSync(fileURLToPath(url), 'utf8'))) return context;
  return { ...context, format: pathname.endsWith('.ts') ? 'module-typescript' : 'module' };
}

/** An `import` or `export` at the beginning of a line; not `import(…)`, `import.meta`, `exports.…`. */
function hasModuleSyntax(text: string): boolean {
  return /^\s*(?:import|export)\s*[\s{*'"]/m.test(text);
}
