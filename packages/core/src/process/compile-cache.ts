/**
 * V8's code cache on disk. A test process is short-lived, and most of what it runs of Carpool runs once: compiling that
 * takes longer than running it. Node keeps the cache in `NODE_COMPILE_CACHE`, by default in the temporary folder, and
 * makes none where `NODE_DISABLE_COMPILE_CACHE` is set.
 */
interface CompileCache {
  /** Absent in Node before 22.8. */
  enableCompileCache?(): unknown;
  /** Absent in Node before 22.10. */
  flushCompileCache?(): void;
}

function nodeModule(): CompileCache | undefined {
  // The coverage of code from a cache is less precise.
  if (process.env['NODE_V8_COVERAGE'] !== undefined) return undefined;
  return process.getBuiltinModule('node:module') as CompileCache;
}

/** From now on modules that this process loads are compiled once for all processes. */
export function useCompileCache(): void {
  nodeModule()?.enableCompileCache?.();
}

/** Writes what is new, for processes that are killed instead of ending. */
export function saveCompileCache(): void {
  nodeModule()?.flushCompileCache?.();
}
