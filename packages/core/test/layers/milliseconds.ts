/** Texts with a number of milliseconds: a time that was measured, or of which some has passed, has a dozen digits. */

/** The expressions that are shown as they are. `String(…)` shows what was given, and was refused. @param source of a file */
export function unroundedMilliseconds(source: string): string[] {
  return [...source.matchAll(/\$\{([^{}]*)\} ms\b/g)]
    .map(([, expression = '']) => expression)
    .filter((expression) => !/\b(?:Math\.(?:round|ceil|floor)|String)\(/.test(expression));
}
