/** Reads the sources of all public entries with TypeDoc, and says what their documentation lacks. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Application,
  type DeclarationReflection,
  Logger,
  type LogLevel,
  type ProjectReflection,
  ReflectionKind,
  type TypeDocOptions,
} from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { FlatRouter } from './router.ts';
import { extractDefaults, isOption } from './defaults.ts';
import { firstParagraph, headerOf } from './pages.ts';
import type { Entry } from './entries.ts';

export interface Converted {
  /** Markdown by file name. */
  readonly pages: ReadonlyMap<string, string>;
  /** One line each: no doc comment, a type that is not exported, a link that leads nowhere. */
  readonly problems: readonly string[];
}

type KindString = NonNullable<TypeDocOptions['requiredToBeDocumented']>;

/** Types that only compute others and are of no use by themselves: they need no export. */
const computing = new Set(['NoOthers', 'MessagesOf', 'DataOf', 'extended']);

/** What must have a doc comment. A property may be clear by its name, unless it is an option: see `bareOptions`. */
const documented: KindString = [
  'Variable',
  'Function',
  'Class',
  'Interface',
  'TypeAlias',
  'Enum',
  'Method',
  'Accessor',
];

class Problems extends Logger {
  readonly lines: string[] = [];

  override log(message: string, level: LogLevel): void {
    if (level >= 2 && !computing.has(message.split(',')[0] ?? '')) this.lines.push(message);
  }
}

export async function convert(entries: readonly Entry[]): Promise<Converted> {
  const packages = new Set(entries.map(({ package: name }) => name));
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    logLevel: 'Warn',
    entryPoints: entries.map(({ source }) => source),
    tsconfig: join(import.meta.dirname, 'tsconfig.sources.json'),
    // An adapter is read with the sources of `carpool` instead of what was built from them, so that its types have pages.
    compilerOptions: { paths: Object.fromEntries(entries.map(({ name, source }) => [name, [source]])) },
    packagesRequiringDocumentation: [...packages],
    requiredToBeDocumented: documented,
    validation: { notExported: true, notDocumented: true, invalidLink: true, invalidPath: true },
    readme: 'none',
    disableSources: true,
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    sortEntryPoints: false,
    sort: ['source-order'],
    groupOrder: ['Functions', 'Classes', 'Variables', 'Interfaces', 'Type Aliases', 'Namespaces', 'References'],
    router: 'flat',
    ...({
      hideBreadcrumbs: true,
      hidePageHeader: true,
      useCodeBlocks: true,
      expandParameters: true,
      parametersFormat: 'table',
      interfacePropertiesFormat: 'table',
      classPropertiesFormat: 'table',
      typeAliasPropertiesFormat: 'table',
      typeDeclarationFormat: 'table',
      tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true },
    } satisfies Partial<PluginOptions>),
  });
  app.renderer.defineRouter('flat', FlatRouter);
  const problems = new Problems();
  app.logger = problems;
  const project = await app.convert();
  if (project === undefined) throw new Error(`The sources cannot be read:\n${problems.lines.join('\n')}`);
  for (const [index, module] of (project.children ?? []).entries()) {
    module.name = entries[index]?.name ?? module.name;
    for (const group of module.groups ?? []) group.children.sort((one, other) => compare(one.name, other.name));
  }
  dropHeaders(project, entries);
  extractDefaults(project);
  // The check for types that are not exported looks at one package at a time.
  for (const name of packages) {
    project.packageName = name;
    app.validate(project);
  }
  return {
    pages: await render(app, project),
    problems: [...new Set([...problems.lines, ...bareOptions(project)])].toSorted(),
  };
}

/** The order of the alphabet, the same on every machine. */
function compare(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Options without a doc comment. */
function bareOptions(project: ProjectReflection): string[] {
  const properties = project.getReflectionsByKind(ReflectionKind.Property) as DeclarationReflection[];
  return properties
    .filter((property) => isOption(property) && property.comment === undefined)
    .map((property) => `${property.getFriendlyFullName()} is an option and has no doc comment`);
}

/** TypeDoc takes the comment at the head of an entry for that of the first type it exports, if that has none. */
function dropHeaders(project: ProjectReflection, entries: readonly Entry[]): void {
  const headers = new Set(entries.map(headerOf));
  for (const reflection of Object.values(project.reflections)) {
    const text = reflection.comment?.summary.map((part) => part.text).join('') ?? '';
    if (headers.has(firstParagraph(text))) delete reflection.comment;
  }
}

async function render(app: Application, project: ProjectReflection): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'carpool-reference-'));
  try {
    app.options.setValue('outputs', [{ name: 'markdown', path: folder }]);
    await app.generateOutputs(project);
    return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
