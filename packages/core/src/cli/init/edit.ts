/** Small edits of a config, in the style that it has. Pure. */
import MagicString from 'magic-string';
import { range, requiredModule, type ArrayNode, type ObjectNode, type Source } from './source.ts';
import type { Expression } from '@babel/parser';

export class Edit {
  readonly #text: string;
  readonly #edited: MagicString;
  readonly #newline: string;
  readonly #unit: string;
  readonly #quote: string;
  readonly #semicolon: string;

  constructor(text: string) {
    this.#text = text;
    this.#edited = new MagicString(text);
    this.#newline = text.includes('\r\n') ? '\r\n' : '\n';
    this.#unit = /^[ \t]+(?=[^\s*])/m.exec(text)?.[0] ?? '  ';
    // That of what it imports; else the more frequent one.
    const [double, single] = [text.split('"').length, text.split("'").length];
    const imported = /\b(?:from|require\(|import)\s*(["'])/.exec(text)?.[1];
    this.#quote = imported ?? (double > single ? '"' : "'");
    const ends = /(?:\bfrom\s+["'][^"'\n]+["']|\brequire\(["'][^"'\n]+["']\))(;?)/.exec(text)?.[1];
    this.#semicolon = ends ?? ';';
  }

  toString(): string {
    return this.#edited.toString();
  }

  /** In the quotes of this file. */
  string(text: string): string {
    return `${this.#quote}${text}${this.#quote}`;
  }

  /** Below what is imported already. */
  import({ body, esm }: Source, name: string, module: string): void {
    const what = esm ? `import { ${name} } from ` : `const { ${name} } = require(`;
    const line = `${what}${this.string(module)}${esm ? '' : ')'}${this.#semicolon}`;
    const last = body.findLast((it) => it.type === 'ImportDeclaration' || requiredModule(it) !== undefined);
    if (last !== undefined) {
      this.#edited.appendLeft(range(last).end, this.#newline + line);
      return;
    }
    const [first] = body;
    // A comment that belongs to the first statement stays with it; that of the file stays above.
    const own = first?.leadingComments?.at(-1);
    const start = first === undefined ? this.#text.length : range(first).start;
    const attached = own !== undefined && !/\n\s*\n/.test(this.#text.slice(own.end, start));
    this.#edited.appendLeft(attached ? (own.start ?? start) : start, line + this.#newline + this.#newline);
  }

  /** As the first of an object, before what overrides it. */
  property(object: ObjectNode, text: string): void {
    const { start, end } = range(object);
    const [first] = object.properties;
    const inner = this.#text.slice(start + 1, end - 1);
    if (!inner.includes('\n')) {
      const rest = first === undefined ? ' ' : inner.startsWith(' ') ? ',' : ', ';
      const space = first !== undefined && !inner.startsWith(' ') ? '' : ' ';
      this.#edited.appendLeft(start + 1, space + text + rest);
      return;
    }
    const indent = first === undefined ? this.#indentAt(start) + this.#unit : this.#indentAt(range(first).start);
    this.#edited.appendLeft(start + 1, `${this.#newline}${indent}${text},`);
  }

  /** As the last of a list. */
  element(array: ArrayNode, text: string): void {
    const { start, end } = range(array);
    const last = array.elements.at(-1);
    if (last == null) {
      this.#edited.appendLeft(start + 1, text);
      return;
    }
    const comma = (array.extra as { trailingComma?: number } | undefined)?.trailingComma;
    const lines = this.#text.slice(range(last).end, end).includes('\n');
    const separator = lines ? this.#newline + this.#indentAt(range(last).start) : ' ';
    if (comma === undefined) this.#edited.appendLeft(range(last).end, `,${separator}${text}`);
    else this.#edited.appendLeft(comma + 1, `${separator}${text},`);
  }

  /** As the first of a list that is not empty, or in one with the value. */
  before(value: Expression, text: string): void {
    const { start, end } = range(value);
    if (value.type === 'ArrayExpression') {
      const rest = value.elements.length === 0 ? '' : ', ';
      this.#edited.appendLeft(start + 1, text + rest);
      return;
    }
    this.#edited.appendLeft(start, `[${text}, `);
    this.#edited.appendRight(end, ']');
  }

  replace(value: Expression, text: string): void {
    const { start, end } = range(value);
    this.#edited.update(start, end, text);
  }

  /** The white space before the first character of its line. */
  #indentAt(offset: number): string {
    const line = this.#text.lastIndexOf('\n', offset - 1) + 1;
    return /^[ \t]*/.exec(this.#text.slice(line, offset))?.[0] ?? '';
  }
}
