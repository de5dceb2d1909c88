/**
 * Cuts a file of SQL into its statements, as psql does, so that an error names its line. Only what may hide a semicolon is
 * understood: quotes, dollar quotes, comments, parentheses, and bodies of SQL-standard functions.
 */

export interface Statement {
  readonly text: string;
  /** Where it begins in the file, in UTF-16 units. */
  readonly offset: number;
}

/** What hides semicolons, and the words that open and close the body of a function. */
const token =
  /--[^\n]*|\/\*|\b[eE]'(?:[^'\\]|\\[^]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$|[\p{L}_][\p{L}\p{N}_$]*|[();]|^\\\w[^\n]*/gmu;

export function statementsIn(sql: string): Statement[] {
  const statements: Statement[] = [];
  const cut = (from: number, to: number): void => {
    const text = sql.slice(from, to);
    const trimmed = text.trim();
    if (trimmed !== '') statements.push({ text: trimmed, offset: from + text.indexOf(trimmed) });
  };
  let state = fresh(0);
  token.lastIndex = 0;
  for (let found = token.exec(sql); found !== null; found = token.exec(sql)) {
    const [text] = found;
    const { index } = found;
    if (text === '/*') token.lastIndex = endOfComment(sql, index);
    else if (text.startsWith('--')) {
      // No statement.
    } else if (text.startsWith('$')) {
      const end = sql.indexOf(text, token.lastIndex);
      token.lastIndex = end === -1 ? sql.length : end + text.length;
      state.begun = true;
    } else if (text.startsWith('\\')) {
      // A command of psql is a line of its own; pg_dump writes \restrict. What it would do is not done.
      if (!/^\\(?:un)?restrict\b/.test(text)) cut(index, index + text.length);
      state = fresh(token.lastIndex);
    } else if (text === ';' && state.parentheses <= 0 && state.bodies === 0) {
      if (state.begun) cut(state.from, index);
      state = fresh(token.lastIndex);
    } else {
      if (!state.begun) state.from = index;
      state.begun = true;
      step(state, text);
    }
  }
  if (state.begun) cut(state.from, sql.length);
  return statements;
}

/** The line of a place, from 1. */
export function lineAt(sql: string, offset: number): number {
  return sql.slice(0, offset).split('\n').length;
}

interface State {
  from: number;
  /** There is more than comments and space. */
  begun: boolean;
  parentheses: number;
  /** BEGIN ATOMIC, and CASE in it, that have no END yet. */
  bodies: number;
  /** The first words, in capitals: CREATE OR REPLACE FUNCTION. */
  readonly words: string[];
  last: string;
}

function fresh(from: number): State {
  return { from, begun: false, parentheses: 0, bodies: 0, words: [], last: '' };
}

function step(state: State, text: string): void {
  if (text === '(') state.parentheses++;
  else if (text === ')') state.parentheses--;
  const word = text.toUpperCase();
  if (state.words.length < 4) state.words.push(word);
  if (makesFunction(state.words)) {
    if (word === 'ATOMIC' && state.last === 'BEGIN') state.bodies++;
    else if (word === 'CASE' && state.bodies > 0) state.bodies++;
    else if (word === 'END' && state.bodies > 0) state.bodies--;
  }
  state.last = word;
}

function makesFunction([create, ...rest]: readonly string[]): boolean {
  return create === 'CREATE' && rest.some((word) => word === 'FUNCTION' || word === 'PROCEDURE');
}

/** Comments nest. */
function endOfComment(sql: string, from: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let found = marks.exec(sql); found !== null; found = marks.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return sql.length;
}
