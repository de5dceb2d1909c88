import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineAt, statementsIn } from './statements.ts';

const texts = (sql: string): string[] => statementsIn(sql).map(({ text }) => text);

test.each<[string, string, string[]]>([
  ['the end of the last one may be missing', 'SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
  ['what is empty is none', ';; -- no\n /* no */ ;', []],
  ['comments before one are not part of it', '-- a;\nSELECT 1;', ['SELECT 1']],
  ['quotes hide', `SELECT ';''', ";""" ; SELECT E'\\';'`, [`SELECT ';''', ";"""`, `SELECT E'\\';'`]],
  ['a backslash hides nothing in other quotes', `SELECT '\\'; SELECT 2`, [`SELECT '\\'`, 'SELECT 2']],
  [
    'comments hide, and nest',
    'SELECT 1 /* ; /* ; */ ; */ + 1 -- ;\n; SELECT 2',
    ['SELECT 1 /* ; /* ; */ ; */ + 1 -- ;', 'SELECT 2'],
  ],
  [
    'dollar quotes hide',
    'DO $$ BEGIN; END $$; DO $a$ $$ ; $b$ $a$; SELECT $1',
    ['DO $$ BEGIN; END $$', 'DO $a$ $$ ; $b$ $a$', 'SELECT $1'],
  ],
  [
    'parentheses hide',
    'CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3',
    ['CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)', 'SELECT 3'],
  ],
  [
    'bodies of functions hide',
    'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 1; END; SELECT 2',
    [
      'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 1; END',
      'SELECT 2',
    ],
  ],
  ['BEGIN and END of transactions do not', 'BEGIN; SELECT 1; END; SELECT 2', ['BEGIN', 'SELECT 1', 'END', 'SELECT 2']],
  [
    'a command of psql is a line',
    'SELECT 1;\n\\restrict x\n\\i a.sql\nSELECT 2',
    ['SELECT 1', '\\i a.sql', 'SELECT 2'],
  ],
  ['a name with a dollar opens no quote', 'SELECT a$b$c; SELECT 2', ['SELECT a$b$c', 'SELECT 2']],
])('%s', (_, sql, wanted) => {
  expect(texts(sql)).toEqual(wanted);
});

test('each is where it says', () => {
  const sql = '-- é\n\nSELECT 1;\n  SELECT\n2;';
  expect(statementsIn(sql).map(({ offset }) => lineAt(sql, offset))).toEqual([3, 4]);
});

test('of any text, statements are parts of it, in their order', () => {
  const piece = fc.constantFrom(
    ';',
    "'",
    '"',
    '$$',
    '$a$',
    '--',
    '\n',
    '/*',
    '*/',
    '(',
    ')',
    'a',
    ' ',
    '\\',
    'BEGIN',
    'END',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const sql = pieces.join('');
      let at = 0;
      for (const { text, offset } of statementsIn(sql)) {
        expect(offset).toBeGreaterThanOrEqual(at);
        expect(sql.slice(offset, offset + text.length)).toBe(text);
        at = offset + text.length;
      }
    }),
  );
});
