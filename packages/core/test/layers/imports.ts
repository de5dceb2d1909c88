import { parseSync, Visitor } from 'oxc-parser';

export interface Import {
  readonly specifier: string;
  /** It does not exist at run time. */
  readonly typeOnly: boolean;
  /** `import('x')`: loaded when it is reached, not with the module. */
  readonly later: boolean;
  readonly line: number;
}

/** Every import of a module: static, dynamic, re-exports, `import('x')` in types, and `import x = require()`. */
export function importsOf(path: string, source: string): Import[] {
  const { program, module, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`);
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, start: number, later = false): void => {
    found.push({ specifier, typeOnly, later, line: source.slice(0, start).split('\n').length });
  };

  for (const { moduleRequest, entries, start } of module.staticImports) {
    add(moduleRequest.value, entries.length > 0 && entries.every((entry) => entry.isType), start);
  }
  for (const { entries, start } of module.staticExports) {
    const [first] = entries;
    if (first?.moduleRequest == null) continue;
    add(
      first.moduleRequest.value,
      entries.every((entry) => entry.isType),
      start,
    );
  }
  new Visitor({
    ImportExpression({ source: from, start }) {
      if (from.type === 'Literal' && typeof from.value === 'string') add(from.value, false, start, true);
    },
    TSImportType({ source: from, start }) {
      add(from.value, true, start);
    },
  }).visit(program);
  return found.toSorted((a, b) => a.line - b.line);
}
