/** The text of a config, and the object in it that a runner gets. Pure. */
import { parse, parseExpression, type Expression, type File } from '@babel/parser';
import { messageOf } from '../../base/thrown.ts';
import { Refusal } from './refusal.ts';

export type ObjectNode = Extract<Expression, { type: 'ObjectExpression' }>;
export type ArrayNode = Extract<Expression, { type: 'ArrayExpression' }>;
export type Statement = File['program']['body'][number];
type Node = Expression | Statement;

export interface Source {
  /** As it is shown to the user. */
  readonly file: string;
  readonly text: string;
  readonly body: readonly Statement[];
  /** Statements that import stand in it; else it says `require`, or nothing. */
  readonly esm: boolean;
}

/** @throws Refusal if it has an error of syntax */
export function parseSource(file: string, text: string): Source {
  const typed = /\.[cm]?ts$/.test(file);
  try {
    const { program } = parse(text, {
      sourceType: 'unambiguous',
      plugins: typed ? ['typescript'] : ['jsx'],
      allowReturnOutsideFunction: true,
    });
    const esm = program.body.some(({ type }) => /^(?:Import|Export)/.test(type));
    return { file, text, body: program.body, esm };
  } catch (thrown) {
    throw unreadable(file, thrown);
  }
}

/** The one value of a JSON file, comments allowed. @throws Refusal if it has an error of syntax, or is no object */
export function parseJson(file: string, text: string): ObjectNode {
  let value: Expression;
  try {
    value = parseExpression(text);
  } catch (thrown) {
    throw unreadable(file, thrown);
  }
  if (value.type !== 'ObjectExpression') throw new Refusal(`Cannot read ${file}: it is no object`);
  return value;
}

function unreadable(file: string, thrown: unknown): Refusal {
  return new Refusal(`Cannot read ${file}: ${messageOf(thrown)}`);
}

/** Functions whose result is what they are given, or the sum of it: the last argument is the config's own. */
const wrappers: ReadonlySet<string> = new Set(['defineConfig', 'defineProject', 'mergeConfig']);

export interface ExportedConfig {
  readonly object: ObjectNode;
  /** Other configs that it is merged with, before it. */
  readonly merged: boolean;
}

/** The object literal that the file exports, through `defineConfig`, a constant or a function. @returns why there is none */
export function exportedConfig({ body, text }: Source): ExportedConfig | string {
  const exported = exportedValue(body);
  if (exported === undefined) return 'it has no default export';
  let merged = false;
  let scope = body;
  let value: Expression | undefined = exported;
  // As many steps as a file can have; a constant that is made of itself would never end.
  for (let steps = 0; value !== undefined && steps < 20; steps++) {
    switch (value.type) {
      case 'ObjectExpression':
        return { object: value, merged };
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'ParenthesizedExpression':
        value = value.expression;
        break;
      case 'Identifier': {
        const name: string = value.name;
        if (new RegExp(String.raw`\b${name}\b(?:\.\w+|\[[^\]]*\])+\s*=[^=>]`).test(text))
          return `\`${name}\` is changed after it is made`;
        value = constant(name, scope) ?? constant(name, body);
        break;
      }
      case 'CallExpression': {
        const { callee, arguments: given } = value;
        if (callee.type !== 'Identifier' || !wrappers.has(callee.name))
          return 'its default export is what a function makes';
        merged ||= given.length > 1;
        const last = given.at(-1);
        value = last !== undefined && isExpression(last) ? last : undefined;
        break;
      }
      case 'ArrowFunctionExpression':
      case 'FunctionExpression': {
        if (value.body.type !== 'BlockStatement') {
          value = value.body;
          break;
        }
        scope = value.body.body;
        const returns = scope.filter((it) => it.type === 'ReturnStatement');
        const others = text.slice(value.body.start ?? 0, value.body.end ?? 0).match(/\breturn\b/g)?.length;
        if (returns.length !== 1 || others !== 1) return 'it returns from several places';
        value = returns[0]?.argument ?? undefined;
        break;
      }
      default:
        return 'its default export is no object';
    }
  }
  return 'its default export is no object';
}

function exportedValue(body: readonly Statement[]): Expression | undefined {
  for (const statement of body) {
    if (statement.type === 'ExportDefaultDeclaration' && isExpression(statement.declaration))
      return statement.declaration;
    if (statement.type === 'TSExportAssignment') return statement.expression;
    if (statement.type !== 'ExpressionStatement') continue;
    const { expression } = statement;
    if (expression.type !== 'AssignmentExpression' || expression.left.type !== 'MemberExpression') continue;
    const { object, property } = expression.left;
    if (object.type === 'Identifier' && object.name === 'module' && nameOf(property) === 'exports')
      return expression.right;
  }
  return undefined;
}

/** What a `const` of this scope is. */
function constant(name: string, scope: readonly Statement[]): Expression | undefined {
  for (const statement of scope) {
    if (statement.type !== 'VariableDeclaration') continue;
    const found = statement.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name);
    if (found?.init != null) return found.init;
  }
  return undefined;
}

function isExpression(node: { readonly type: string }): node is Expression {
  return !/Declaration$|^Spread|^ArgumentPlaceholder$/.test(node.type);
}

/** Of a key, or of an expression. */
function nameOf(node: { readonly type: string }): string | undefined {
  const { type, name, value } = node as { type: string; name?: string; value?: unknown };
  if (type === 'Identifier') return name;
  return type === 'StringLiteral' ? String(value) : undefined;
}

export interface Property {
  readonly value: Expression;
  /** Another object may be spread over it. */
  readonly overridden: boolean;
}

/** The property of this name. Undefined where there is none; a method has no value that is known. */
export function propertyOf(object: ObjectNode, name: string): Property | 'method' | undefined {
  const at = object.properties.findLastIndex((it) => it.type !== 'SpreadElement' && nameOf(it.key) === name);
  const found = object.properties[at];
  if (found === undefined) return undefined;
  if (found.type !== 'ObjectProperty' || !isExpression(found.value)) return 'method';
  const overridden = object.properties.slice(at).some(({ type }) => type === 'SpreadElement');
  return { value: found.value, overridden };
}

/** Others are spread into it, so that a key that it does not show may be there. */
export function hasSpread(object: ObjectNode): boolean {
  return object.properties.some(({ type }) => type === 'SpreadElement');
}

/** What is imported or required from this module. */
export function importsFrom({ body }: Source, module: string): boolean {
  return body.some((statement) => {
    if (statement.type === 'ImportDeclaration') return statement.source.value === module;
    return requiredModule(statement) === module;
  });
}

/** The module of `const … = require('…')`. */
export function requiredModule(statement: Statement): string | undefined {
  if (statement.type !== 'VariableDeclaration') return undefined;
  const init = statement.declarations[0]?.init;
  if (init?.type !== 'CallExpression' || init.callee.type !== 'Identifier' || init.callee.name !== 'require')
    return undefined;
  const [module] = init.arguments;
  return module?.type === 'StringLiteral' ? module.value : undefined;
}

/** Something of this file has this name already. */
export function binds({ body }: Source, name: string): boolean {
  return body.some((statement) => {
    if (statement.type === 'ImportDeclaration') return statement.specifiers.some(({ local }) => local.name === name);
    if (statement.type === 'FunctionDeclaration') return statement.id?.name === name;
    if (statement.type !== 'VariableDeclaration') return false;
    return statement.declarations.some(({ id }) =>
      id.type === 'Identifier'
        ? id.name === name
        : id.type === 'ObjectPattern' &&
          id.properties.some((it) => it.type === 'ObjectProperty' && nameOf(it.value) === name),
    );
  });
}

/** From its first character to behind its last. */
export function range(node: Pick<Node, 'start' | 'end'>): { readonly start: number; readonly end: number } {
  return { start: node.start ?? 0, end: node.end ?? 0 };
}
