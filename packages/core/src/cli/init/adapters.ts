/** What the config of each runner needs for Carpool, and how it is added. Pure. */
import { Edit } from './edit.ts';
import { ByHand, type AddedLine } from './refusal.ts';
import {
  binds,
  exportedConfig,
  hasSpread,
  importsFrom,
  parseJson,
  parseSource,
  propertyOf,
  type ObjectNode,
  type Source,
} from './source.ts';

/** The text with Carpool in it; undefined where it has it already. @throws Refusal, ByHand */
export type EditConfig = (file: string, text: string) => string | undefined;

const vitestModule = '@carpool/vitest/config';
const vitestLines: readonly AddedLine[] = [
  { line: `import { carpool } from '${vitestModule}';`, where: 'at its top' },
  { line: 'plugins: [carpool()],', where: 'in its config, beside the plugins that are there' },
];

export const editVitest: EditConfig = (file, text) => {
  const source = parseSource(file, text);
  if (importsFrom(source, vitestModule)) return undefined;
  const byHand = (why: string): ByHand => new ByHand(file, why, vitestLines);
  const config = exportedConfig(source);
  if (typeof config === 'string') throw byHand(config);
  if (binds(source, 'carpool')) throw byHand('it calls something else `carpool`');
  const { object } = config;
  const plugins = propertyOf(object, 'plugins');
  if (plugins === 'method' || plugins?.overridden === true) throw byHand('its `plugins` may come from elsewhere');
  if (plugins === undefined && hasSpread(object)) throw byHand('its `plugins` may come from what is spread into it');
  if (plugins !== undefined && plugins.value.type !== 'ArrayExpression') throw byHand('its `plugins` are no list');
  const edit = new Edit(text);
  edit.import(source, 'carpool', vitestModule);
  if (plugins?.value.type === 'ArrayExpression') edit.element(plugins.value, 'carpool()');
  else edit.property(object, 'plugins: [carpool()]');
  return edit.toString();
};

const playwrightSetup = '@carpool/playwright/global-setup';
const playwrightLines: readonly AddedLine[] = [
  { line: `globalSetup: '${playwrightSetup}',`, where: 'in its config; with a setup of your own, both in a list' },
];

export const editPlaywright: EditConfig = (file, text) => {
  const source = parseSource(file, text);
  if (importsFrom(source, '@carpool/playwright/config')) return undefined;
  const byHand = (why: string): ByHand => new ByHand(file, why, playwrightLines);
  const config = exportedConfig(source);
  if (typeof config === 'string') throw byHand(config);
  const { object } = config;
  const setup = propertyOf(object, 'globalSetup');
  if (setup === 'method' || setup?.overridden === true) throw byHand('its `globalSetup` may come from elsewhere');
  if (setup === undefined && (config.merged || hasSpread(object)))
    throw byHand('its `globalSetup` may come from what it is merged with');
  const edit = new Edit(text);
  const own = edit.string(playwrightSetup);
  if (setup === undefined) {
    edit.property(object, `globalSetup: ${own}`);
    return edit.toString();
  }
  const { value } = setup;
  const strings = value.type === 'ArrayExpression' ? value.elements : [value];
  if (strings.some((it) => it?.type === 'StringLiteral' && it.value === playwrightSetup)) return undefined;
  const known = value.type === 'ArrayExpression' || value.type === 'StringLiteral' || value.type === 'CallExpression';
  if (!known) throw byHand('its `globalSetup` may be a list or not');
  edit.before(value, own);
  return edit.toString();
};

const jestPackage = '@carpool/jest';
const jestModule = `${jestPackage}/config`;
const jestLines: readonly AddedLine[] = [
  { line: `import { carpool } from '${jestModule}';`, where: 'at its top' },
  { line: '...carpool(),', where: 'first in its config' },
];
/** By what Jest calls them. */
const environments: ReadonlyMap<string, string> = new Map([
  ['node', `${jestPackage}/environment`],
  ['jest-environment-node', `${jestPackage}/environment`],
  ['jsdom', `${jestPackage}/environment-jsdom`],
  ['jest-environment-jsdom', `${jestPackage}/environment-jsdom`],
]);
/** Presets without a setup and an environment of their own, so that Carpool's are all that there are. */
const plainPreset = /^(?:ts-jest|@swc\/jest|esbuild-jest)(?:\/|$)/;

export const editJest: EditConfig = (file, text) => {
  if (file.endsWith('.json')) return editJestJson(file, text, (root) => root);
  const source = parseSource(file, text);
  if (importsFrom(source, jestModule) || importsFrom(source, `${jestPackage}/jest-preset`)) return undefined;
  const config = exportedConfig(source);
  if (typeof config === 'string') throw new ByHand(file, config, jestLines);
  const edit = new Edit(text);
  if (!addToJest({ file, edit, object: config.object, source })) return undefined;
  return edit.toString();
};

/** The config in the key `jest` of package.json. */
export const editJestKey: EditConfig = (file, text) =>
  editJestJson(file, text, (root) => {
    const found = propertyOf(root, 'jest');
    return found !== undefined && found !== 'method' && found.value.type === 'ObjectExpression'
      ? found.value
      : undefined;
  });

function editJestJson(
  file: string,
  text: string,
  configIn: (root: ObjectNode) => ObjectNode | undefined,
): string | undefined {
  const object = configIn(parseJson(file, text));
  if (object === undefined) throw new ByHand(file, 'its `jest` is no object', jestLines);
  const edit = new Edit(text);
  return addToJest({ file, edit, object }) ? edit.toString() : undefined;
}

interface JestObject {
  readonly file: string;
  readonly edit: Edit;
  readonly object: ObjectNode;
  /** None: it is JSON, which imports nothing. */
  readonly source?: Source;
}

/** @returns whether something was added @throws ByHand */
function addToJest(config: JestObject): boolean {
  const { file, edit, object, source } = config;
  const byHand = (why: string): ByHand => new ByHand(file, why, jestLines);
  const valueOf = (name: string): string | undefined => {
    const found = propertyOf(object, name);
    if (found === undefined) return undefined;
    if (found === 'method' || found.value.type !== 'StringLiteral') throw byHand(`its \`${name}\` is no text`);
    return found.value.value;
  };
  const projects = propertyOf(object, 'projects');
  if (projects !== undefined) return addToProjects(config, projects === 'method' ? undefined : projects.value);
  const preset = valueOf('preset');
  if (preset === jestPackage) return false;
  if (hasSpread(object)) throw byHand('what is spread into it may have a setup or an environment of its own');
  for (const own of ['globalSetup', 'globalTeardown'])
    if (propertyOf(object, own) !== undefined)
      throw byHand(`it has a \`${own}\`, which must call Carpool's (docs/jest.md, "Your own setup")`);
  const environment = valueOf('testEnvironment');
  const wrapped = environment === undefined ? undefined : environments.get(environment);
  if (environment !== undefined && wrapped === undefined && !environment.startsWith(`${jestPackage}/`))
    throw byHand(`its environment, ${environment}, must be wrapped by \`withCarpool\` (docs/jest.md)`);
  if (preset !== undefined && (!plainPreset.test(preset) || source === undefined))
    throw byHand(`its preset, ${preset}, may have a setup or an environment of its own`);
  const found = propertyOf(object, 'testEnvironment');
  if (wrapped !== undefined && found !== undefined && found !== 'method')
    edit.replace(found.value, edit.string(wrapped));
  if (preset === undefined || source === undefined) {
    edit.property(object, `${source === undefined ? '"preset"' : 'preset'}: ${edit.string(jestPackage)}`);
    return true;
  }
  if (binds(source, 'carpool')) throw byHand('it calls something else `carpool`');
  edit.import(source, 'carpool', jestModule);
  edit.property(object, '...carpool()');
  return true;
}

/** Each project names the preset for itself. */
function addToProjects(config: JestObject, value: { readonly type: string } | undefined): boolean {
  const lines = [{ line: `preset: '${jestPackage}',`, where: 'in each of its projects' }];
  const { elements } = (value?.type === 'ArrayExpression' ? value : { elements: [undefined] }) as {
    elements: readonly ({ readonly type: string } | null | undefined)[];
  };
  const objects = elements.map((it) => (it?.type === 'ObjectExpression' ? (it as ObjectNode) : undefined));
  if (objects.length === 0 || objects.includes(undefined))
    throw new ByHand(config.file, 'some of its `projects` have configs of their own', lines);
  const presets = objects.map((it) => (it === undefined ? undefined : propertyOf(it, 'preset')));
  // More than one line of import would be needed, or a name in each.
  const other = presets.some(
    (it) =>
      it !== undefined && (it === 'method' || it.value.type !== 'StringLiteral' || it.value.value !== jestPackage),
  );
  if (other) throw new ByHand(config.file, 'some of its `projects` have presets of their own', lines);
  return objects.map((object) => object !== undefined && addToJest({ ...config, object })).includes(true);
}
