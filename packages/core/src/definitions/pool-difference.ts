/** Why two pools of one name are not the same pool, for people. Values of the environment are not shown: they may be secret. */

/** What a pool's definition consists of: name → text. */
export interface DefinitionParts {
  readonly values: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Names that are shown of one kind. */
const shown = 4;

/** "its options; NAME of the environment; server.mjs"; empty: nothing differs. */
export function differenceOf(one: DefinitionParts, other: DefinitionParts): string {
  const values = differing(one.values, other.values);
  const environment = differing(one.environment, other.environment);
  const files = differing(one.files, other.files);
  return [
    ...values,
    ...(environment.length === 0 ? [] : [`${listed(environment)} of the environment`]),
    ...(files.length === 0 ? [] : [listed(files)]),
  ].join('; ');
}

function differing(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => one[name] !== other[name]).toSorted();
}

/** "a, b, c, d and 2 more" */
export function listed(names: readonly string[], separator: string = ', '): string {
  const more = names.length > shown ? ` and ${names.length - shown} more` : '';
  return names.slice(0, shown).join(separator) + more;
}
