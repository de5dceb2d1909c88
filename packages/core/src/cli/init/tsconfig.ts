/** What tsconfig.json says of files that are to be added. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Expression } from '@babel/parser';
import { parseJson, propertyOf, type ObjectNode } from './source.ts';

export interface TsConfig {
  /** Files may be imported by their names, `.ts`: also where there is no such file, and so no compiler that refuses it. */
  readonly tsExtensions: boolean;
  /** A folder, from the root, whose files the compiler sees, with a slash at its end; '' is the root. */
  readonly folder: string;
  /** The compiler sees what is added there. */
  readonly included: boolean;
}

const file = 'tsconfig.json';

/** Of tsconfig.json and those that it refers to. What they extend is not read. @throws Refusal */
export function readTsConfig(root: string): TsConfig {
  if (!existsSync(join(root, file))) return { tsExtensions: true, folder: '', included: false };
  const first = parsed(root, file);
  const all = [first, ...itemsOf(first, 'references').flatMap((it) => referred(root, it))];
  const tsExtensions = all.some((one) => isSet(one, 'allowImportingTsExtensions'));
  const included = all.flatMap((one) => {
    const [include, files] = [propertyOf(one, 'include'), propertyOf(one, 'files')];
    if (include === undefined) return files === undefined ? ['**/*'] : [];
    return itemsOf(one, 'include').flatMap((it) => (it.type === 'StringLiteral' ? it.value : []));
  });
  if (included.some((it) => /^(?:\.\/)?(?:\*\*(?:\/|$)|\*(?:\.|$)|\.?$)/.test(it)))
    return { tsExtensions, folder: '', included: true };
  // Where the compiler writes files, one from outside of the folder would move all that it writes.
  const emits = !tsExtensions && !all.some((one) => isSet(one, 'noEmit'));
  const folder = included
    .map((it) => /^(?:\.\/)?([\w-]+)(?:\/\*\*.*|\/?$)/.exec(it)?.[1])
    .find((it) => it !== undefined && existsSync(join(root, it)));
  if (emits || folder === undefined) return { tsExtensions, folder: '', included: false };
  return { tsExtensions, folder: `${folder}/`, included: true };
}

function referred(root: string, reference: Expression): ObjectNode[] {
  if (reference.type !== 'ObjectExpression') return [];
  const path = propertyOf(reference, 'path');
  if (path === undefined || path === 'method' || path.value.type !== 'StringLiteral') return [];
  const named = path.value.value;
  const isFolder = statSync(join(root, named), { throwIfNoEntry: false })?.isDirectory() === true;
  const place = isFolder ? join(named, file) : named;
  return existsSync(join(root, place)) ? [parsed(root, place)] : [];
}

function parsed(root: string, name: string): ObjectNode {
  return parseJson(name, readFileSync(join(root, name), 'utf8'));
}

function isSet(config: ObjectNode, option: string): boolean {
  const options = propertyOf(config, 'compilerOptions');
  if (options === undefined || options === 'method' || options.value.type !== 'ObjectExpression') return false;
  const found = propertyOf(options.value, option);
  return found !== undefined && found !== 'method' && found.value.type === 'BooleanLiteral' && found.value.value;
}

function itemsOf(object: ObjectNode, name: string): Expression[] {
  const found = propertyOf(object, name);
  if (found === undefined || found === 'method' || found.value.type !== 'ArrayExpression') return [];
  return found.value.elements.flatMap((it) => (it === null || it.type === 'SpreadElement' ? [] : it));
}
