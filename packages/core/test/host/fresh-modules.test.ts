/** A process that evaluates configs again and again sees each edit, and knows each file, whoever loads it. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';

const program = join(import.meta.dirname, '../programs/evaluates-configs.ts');

interface Evaluated {
  readonly value: unknown;
  readonly files: readonly string[];
}

class Evaluating {
  readonly root: string = realpathSync(mkdtempSync(join(tmpdir(), 'fresh-')));
  readonly #child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  readonly #lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();

  constructor() {
    onTestFinished(() => {
      this.#child.kill('SIGKILL');
      rmSync(this.root, { recursive: true, force: true });
    });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.root, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }

  async evaluate(name: string): Promise<Evaluated> {
    this.#child.stdin.write(`${join(this.root, name)}\n`);
    const { value } = await this.#lines.next();
    const { files, ...rest } = JSON.parse(String(value)) as Evaluated;
    return { ...rest, files: files.map((file) => relative(this.root, file)).toSorted() };
  }
}

/** What stops Node, and not the compiler. */
const enumeration = 'enum Kind { one = 1 }';

test.each<[string, Readonly<Record<string, string>>, value: unknown]>([
  [
    'TypeScript that Node can load, with JSON',
    {
      'config.ts': `import { a } from './a.ts'; export default a;`,
      'a.ts': `import b from './b.json' with { type: 'json' }; export const a: number = b.n;`,
      'b.json': '{ "n": EDIT }',
    },
    'EDIT',
  ],
  [
    'an import of CommonJS, which requires others, twice, and JSON',
    {
      'config.mjs': `import a from './a.cjs'; export default a;`,
      'a.cjs': `const [b, c] = [require('./b.cjs'), require('./c.cjs')]; module.exports = [b.n, b === c, require('./d.json').n];`,
      'b.cjs': `exports.n = EDIT;`,
      'c.cjs': `module.exports = require('./b.cjs');`,
      'd.json': '{ "n": EDIT }',
    },
    ['EDIT', true, 'EDIT'],
  ],
  [
    'an import of CommonJS that is required from two folders: it is one module',
    {
      'config.mjs': `import a from './a.cjs'; export default a;`,
      'a.cjs': `const [c, d] = [require('./b/c.cjs'), require('./d/d.cjs')]; module.exports = [c.n, c === d];`,
      'b/c.cjs': `exports.n = EDIT;`,
      'd/d.cjs': `module.exports = require('../b/c.cjs');`,
    },
    ['EDIT', true],
  ],
  [
    'CommonJS that a function of the config requires, too, after the evaluation',
    {
      'config.mjs': `import a from './a.cjs'; export default a;`,
      'a.cjs': `const b = require('./b.cjs'); module.exports = () => [b, require('./b.cjs')];`,
      'b.cjs': `module.exports = EDIT;`,
    },
    ['EDIT', 'EDIT'],
  ],
  [
    'the same, of CommonJS that an import of another one passes on',
    {
      'config.mjs': `import { createRequire } from 'node:module'; import a from './a.cjs';
        export default () => [a, createRequire(import.meta.url)('./b.cjs')];`,
      'a.cjs': `module.exports = require('./b.cjs');`,
      'b.cjs': `module.exports = EDIT;`,
    },
    ['EDIT', 'EDIT'],
  ],
  [
    'the same, required from another folder',
    {
      'config.mjs': `import a from './a.cjs'; import { late } from './c/c.cjs'; export default () => [a, late()];`,
      'a.cjs': `module.exports = require('./b.cjs');`,
      'b.cjs': `module.exports = EDIT;`,
      'c/c.cjs': `exports.late = () => require('../b.cjs');`,
    },
    ['EDIT', 'EDIT'],
  ],
  [
    'an import of CommonJS that passes another one on',
    {
      'config.mjs': `import a from './a.cjs'; export default a;`,
      'a.cjs': `module.exports = require('./b.cjs');`,
      'b.cjs': `module.exports = EDIT;`,
    },
    'EDIT',
  ],
  [
    'an enum in the config',
    {
      'config.ts': `${enumeration}\nimport { a } from './a.ts'; export default [a, Kind.one];`,
      'a.ts': `import { b } from './b.ts'; export const a: number = b;`,
      'b.ts': `export const b = EDIT;`,
    },
    ['EDIT', 1],
  ],
  [
    'an enum in a file that it imports, beside one that Node can load',
    {
      'config.mts': `import { a } from './a.mts'; import { b } from './b.mts'; export default [a, b];`,
      'a.mts': `${enumeration}\nexport const a = Kind.one + EDIT;`,
      'b.mts': `import { c } from './c.mts'; export const b = c;`,
      'c.mts': `export const c = EDIT;`,
    },
    ['EDIT + 1', 'EDIT'],
  ],
  [
    'imports without an ending, of a folder, and of a `.ts` file as `.js`',
    {
      'config.ts': `import { a } from './a'; import { b } from './b'; import { c } from './c.js'; export default [a, b, c];`,
      'a.ts': `export const a = EDIT;`,
      'b/index.ts': `export { b } from './own';`,
      'b/own.ts': `export const b = EDIT;`,
      'c.ts': `export const c: number = EDIT;`,
    },
    ['EDIT', 'EDIT', 'EDIT'],
  ],
  [
    'TypeScript as CommonJS',
    {
      'config.cts': `${enumeration}\nconst { a } = require('./a.cts'); module.exports = { default: a + Kind.one };`,
      'a.cts': `module.exports = { a: EDIT };`,
    },
    'EDIT + 1',
  ],
  [
    'an enum beside JavaScript, CommonJS and JSON, and an import that is evaluated',
    {
      'config.ts': `${enumeration}\nimport { a } from './a.mjs'; import b from './b.cjs'; import c from './c.json';
        export default [a, b, c.n, (await import('./d.ts')).d];`,
      'a.mjs': `import { e } from './e.mjs'; export const a = e;`,
      'b.cjs': `module.exports = require('./f.cjs');`,
      'c.json': '{ "n": EDIT }',
      'd.ts': `export const d: number = EDIT;`,
      'e.mjs': `export const e = EDIT;`,
      'f.cjs': `module.exports = EDIT;`,
    },
    ['EDIT', 'EDIT', 'EDIT', 'EDIT'],
  ],
])('%s: each edit is seen, and each file is known', async (_, files, expected) => {
  const evaluating = new Evaluating();
  const [config = ''] = Object.keys(files);
  for (const number of [3, 4, 5]) {
    const edited = Object.entries(files).map(
      ([name, text]) => [name, text.replaceAll('EDIT', String(number))] as const,
    );
    evaluating.write(Object.fromEntries(edited));
    const evaluated = await evaluating.evaluate(config);
    expect(evaluated.value).toEqual(
      JSON.parse(
        JSON.stringify(expected)
          .replaceAll('"EDIT + 1"', String(number + 1))
          .replaceAll('"EDIT"', String(number)),
      ),
    );
    expect(evaluated.files).toEqual(Object.keys(files).toSorted());
  }
});

test('CommonJS that functions of the config alone require is read again, too, also where the next config imports it', async () => {
  const evaluating = new Evaluating();
  const late = `export default () => require('./a.cjs');`;
  const head = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;
  for (const [number, config] of [late, late, `export default require('./a.cjs');`, late].entries()) {
    evaluating.write({ 'config.mjs': `${head}\n${config}`, 'a.cjs': `module.exports = ${number};` });
    expect((await evaluating.evaluate('config.mjs')).value).toBe(number);
  }
});
