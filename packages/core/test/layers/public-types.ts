// Which types stand in the signatures of the public entries, and are exported by none of them.
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

interface Module {
  /** Declarations by name. */
  readonly declared: ReadonlyMap<string, Node>;
  readonly exported: ReadonlySet<string>;
  /** Names of other files of the sources: `[file, name there]`. */
  readonly imported: ReadonlyMap<string, readonly [string, string]>;
  /** `export … from`, as `imported`; `*` is all of a file. */
  readonly passedOn: readonly (readonly [string, string])[];
}

/** Sentences, one for each type that users meet and cannot name. @param entries files, relative to the sources' root */
export function unnameableTypes(root: string, entries: readonly string[]): string[] {
  const modules = new Map<string, Module>();
  const moduleOf = (file: string): Module => {
    const known = modules.get(file);
    if (known !== undefined) return known;
    const made = read(root, file);
    modules.set(file, made);
    return made;
  };
  const named = new Set<string>();
  const expose = (file: string, name: string): void => {
    const { declared, exported, imported, passedOn } = moduleOf(file);
    if (name === '*') {
      for (const each of exported) if (declared.has(each)) named.add(`${file} ${each}`);
      for (const [from, each] of passedOn) expose(from, each);
      return;
    }
    const from = imported.get(name);
    if (declared.has(name)) named.add(`${file} ${name}`);
    else if (from !== undefined) expose(...from);
    else for (const [file, each] of passedOn) if (each === name) expose(file, each);
  };
  for (const entry of entries) for (const [file, name] of moduleOf(entry).passedOn) expose(file, name);

  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string, name: string, user: string): void => {
    const { declared, imported, exported } = moduleOf(file);
    const node = declared.get(name);
    const from = imported.get(name);
    if (from !== undefined) return visit(...from, user);
    if (node === undefined) return;
    const id = `${file} ${name}`;
    // A helper that its own file keeps to itself is looked through.
    const hidden = !named.has(id) && exported.has(name);
    if (hidden) found.add(`${name} of ${file} stands in ${user}`);
    if (hidden || seen.has(id)) return;
    seen.add(id);
    for (const used of typesIn(node)) visit(file, used, id);
  };
  for (const id of named) {
    const [file = '', name = ''] = id.split(' ');
    visit(file, name, id);
  }
  return [...found].toSorted();
}

function read(root: string, file: string): Module {
  const { program } = parseSync(file, readFileSync(posix.join(root, file), 'utf8'));
  const declared = new Map<string, Node>();
  const exported = new Set<string>();
  const imported = new Map<string, readonly [string, string]>();
  const passedOn: (readonly [string, string])[] = [];
  const target = (source: unknown): string | undefined => {
    const { value } = source as { readonly value: string };
    return value.startsWith('.') && value.endsWith('.ts') ? posix.join(posix.dirname(file), value) : undefined;
  };
  const declare = (declaration: Node, isExported: boolean): void => {
    const names =
      declaration.type === 'VariableDeclaration'
        ? (declaration['declarations'] as Node[]).map((one) => [nameOf(one['id']), one] as const)
        : [[nameOf(declaration['id']), declaration] as const];
    for (const [name, node] of names) {
      if (name === undefined) continue;
      declared.set(name, node);
      if (isExported) exported.add(name);
    }
  };
  for (const statement of program.body as unknown as Node[]) {
    switch (statement.type) {
      case 'ImportDeclaration': {
        const from = target(statement['source']);
        if (from === undefined) break;
        for (const one of statement['specifiers'] as Node[])
          imported.set(nameOf(one['local']) ?? '', [from, nameOf(one['imported']) ?? '']);
        break;
      }
      case 'ExportAllDeclaration': {
        const from = target(statement['source']);
        if (from !== undefined) passedOn.push([from, '*']);
        break;
      }
      case 'ExportNamedDeclaration': {
        const { source, declaration, specifiers } = statement;
        if (declaration !== null) declare(declaration as Node, true);
        const from = source === null ? undefined : target(source);
        for (const one of specifiers as Node[]) {
          const name = nameOf(one['local']) ?? '';
          if (from === undefined) exported.add(name);
          else passedOn.push([from, name]);
        }
        break;
      }
      default:
        declare(statement, false);
    }
  }
  return { declared, exported, imported, passedOn };
}

function nameOf(identifier: unknown): string | undefined {
  const { name } = (identifier ?? {}) as { readonly name?: unknown };
  return typeof name === 'string' ? name : undefined;
}

const bodies: ReadonlySet<string> = new Set(['BlockStatement', 'FunctionBody']);

/** The names of types in what a declaration shows: no bodies, no private members. */
function typesIn(node: Node): Set<string> {
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const each of value) walk(each);
      return;
    }
    if (typeof value !== 'object' || value === null || !('type' in value)) return;
    const here = value as Node;
    if (bodies.has(here.type)) return;
    const key = (here['key'] as Node | undefined)?.type;
    if (key === 'PrivateIdentifier' || here['accessibility'] === 'private') return;
    const referred =
      here['typeName'] ?? here['exprName'] ?? (here.type === 'TSTypeReference' ? undefined : heritage(here));
    const name = nameOf(referred);
    if (name !== undefined) names.add(name);
    const initial = here.type === 'PropertyDefinition' || here.type === 'VariableDeclarator';
    for (const [field, inner] of Object.entries(here)) {
      const isValue = initial && (field === 'value' || field === 'init');
      if (!isValue || (inner as Node | null)?.type === 'ArrowFunctionExpression') walk(inner);
    }
  };
  walk(node);
  return names;
}

/** `extends` and `implements`. */
function heritage(node: Node): unknown {
  if (node.type === 'TSInterfaceHeritage' || node.type === 'TSClassImplements') return node['expression'];
  return node.type === 'ClassDeclaration' ? node['superClass'] : undefined;
}
