/**
 * Secrets in text: what looks like one, wherever it stands, and what stands beside a name that stands for one. Every regular
 * expression here is linear: a child may print anything.
 */
import { secretHint, wordsOf, type Secrecy } from './secret-keys.ts';

/** What is shown in the place of a secret. */
export const redacted = '[redacted]';

/** Where a word begins, also behind the `\n` of a text in a text, and behind a colour of a terminal. */
const begins = String.raw`(?:(?<![\w-])|(?<=\\[nrt])|(?<=[\u001b␛]\[[\d;]{0,8}m))`;

/** Of issuers that mark their secrets. */
const issued = new RegExp(
  `${begins}(?:${[
    'gh[opsru]_[A-Za-z0-9]{16,}',
    String.raw`github_pat_\w{20,}`,
    String.raw`glpat-[\w-]{16,}`,
    '[rs]k_(?:live|test)_[A-Za-z0-9]{10,}',
    'whsec_[A-Za-z0-9+/=]{16,}',
    String.raw`sk-[\w-]{20,}`,
    'A(?:KIA|SIA)[A-Z0-9]{16}',
    String.raw`AIza[\w-]{30,}`,
    String.raw`ya29\.[\w-]{16,}`,
    'xox[abeoprs]-[A-Za-z0-9-]{10,}',
    'npm_[A-Za-z0-9]{30,}',
    String.raw`pypi-[\w-]{16,}`,
    String.raw`SG\.[\w-]{16,}(?:\.[\w-]+)?`,
    'hf_[A-Za-z0-9]{30,}',
    'dop_v1_[a-f0-9]{32,}',
    'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}',
  ].join('|')})`,
  'g',
);

/** "://user:secret@", up to the last "@" before a slash. */
const inUrl = /(:\/\/[^\s:/?#@"'<>]*:)(?!\[redacted\]@)[^\s/"'<>]+(?=@)/g;

/** A JSON Web Token begins with the base64 of `{"`. One that is cut has no dot. */
const jsonWebToken = new RegExp(String.raw`${begins}eyJ[\w-]{8,}(?:\.[\w-]*|$)(?:\.[\w-]*)*`, 'g');

/** From its first line to its last, or as far as its lines go; of one whose beginning is cut away, what is left. */
const privateKey =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?:(?!-----BEGIN)[^])*?-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|[\sA-Za-z0-9+/=\\]*)|^[\sA-Za-z0-9+/=]*-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

const credentials = new RegExp(String.raw`${begins}((?:Bearer|Basic)\s{1,4})([A-Za-z0-9+/=._~-]{8,})`, 'gi');
/** Shorter ones in lower case are words. */
const wordLength = 20;
const isWord = /^[a-z]+[.-]*$/;

/** Each of the patterns has one of these: a quick look, for messages with many texts. */
const patternHint =
  /:\/\/|eyJ|PRIVATE KEY|[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc]|gh[opsru]_|github_pat_|glpat-|[rs]k_|whsec_|sk-|A(?:KIA|SIA)|AIza|ya29\.|xox|npm_|pypi-|SG\.|hf_|dop_v1_|shp/;

/** What looks like a secret, wherever it stands. */
export function withoutPatterns(text: string): string {
  if (!patternHint.test(text)) return text;
  return text
    .replace(privateKey, redacted)
    .replace(inUrl, `$1${redacted}`)
    .replace(jsonWebToken, redacted)
    .replace(issued, redacted)
    .replace(credentials, (whole, scheme: string, secret: string) =>
      secret.length < wordLength && isWord.test(secret) ? whole : scheme + redacted,
    );
}

/** A name, what closes its quotes, and what is between it and its value. */
const named = new RegExp(
  String.raw`(?:(?<![\w$.-])|(?<=[\u001b␛]\[[\d;]{0,8}m))(-{0,2}[A-Za-z_$][\w$.-]{0,99})(\\{0,8}["'\x60]?)((?:\s|[\u001b␛]\[[\d;]{0,8}m){0,8}(?:=>|[=:])(?:\s|[\u001b␛]\[[\d;]{0,8}m){0,8}|(?<=--[\w-]{1,99})[ \t])`,
  'g',
);
const opening = /(\\{0,8})(["'`])/y;
const bare = new RegExp(String.raw`[^\s"'\x60,;&|(){}[\]<>\u001b␛]+`, 'y');
const restOfLine = new RegExp(String.raw`[^\r\n"'\x60\u001b␛]+`, 'y');
const isHeader = /^(?:proxy )?authori[sz]ation$|^(?:set )?cookie$/;
/** It says that there is none. */
const isNone = /^(?:undefined|null|none|nil|nan|true|false|\*+|<[\w ]*)$/i;
const isPath = /^[A-Za-z_$][A-Za-z_$]*(?:\.[A-Za-z_$]+)+$/;
const isName = /^[A-Za-z_$]+$/;
const isNumber = /^-?[\d.]+$/;
const isPlainWord = /^[A-Z]?[a-z]*[.:!?]*$/;
const lineStart = /(?:^|[\r\n])[\s"'>*<-]*$/;
/** Characters of a list or an object under a secret name. */
const longestGroup = 2048;
/** Characters before a name in which the beginning of its line is looked for. */
const lookBehind = 32;
/** Characters from which a word behind "token:" in a sentence is one. */
const tokenLength = 12;

/** @param secrecy of a name as it stands in the text. @returns the text without the values of secret names */
export function withoutValues(text: string, secrecy: (name: string) => Secrecy | undefined, all = false): string {
  if (!all && !secretHint.test(text)) return text;
  let result = '';
  let shown = 0;
  named.lastIndex = 0;
  for (let match = named.exec(text); match !== null; match = named.exec(text)) {
    const [, name = '', quote = '', between = ''] = match;
    const key = text.charAt(match.index - 1) === '\\' && /^[nrt]/.test(name) ? name.slice(1) : name;
    const kind = all || secretHint.test(key) ? secrecy(key) : undefined;
    // What stands between may be the beginning of the next name.
    if (kind === undefined) named.lastIndex = match.index + name.length;
    else {
      const found = valueAt(text, { at: match.index, from: named.lastIndex, key, quoted: quote !== '', between, kind });
      if (found !== undefined) {
        result += text.slice(shown, found.from) + redacted;
        shown = found.to;
        named.lastIndex = found.to;
      }
    }
  }
  return shown === 0 ? text : result + text.slice(shown);
}

interface Named {
  /** Of the name. */
  readonly at: number;
  /** Where the value begins. */
  readonly from: number;
  readonly key: string;
  readonly quoted: boolean;
  readonly between: string;
  readonly kind: Secrecy;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function valueAt(text: string, name: Named): Span | undefined {
  const { from } = name;
  if (text.startsWith(redacted, from)) return undefined;
  opening.lastIndex = from;
  const [open, escapes = '', quote = ''] = opening.exec(text) ?? [];
  const found =
    open === undefined
      ? /[[{]/.test(text.charAt(from))
        ? group(text, from)
        : unquoted(text, name)
      : { from: from + open.length, to: endOfQuoted(text, from + open.length, { escapes, quote }) };
  if (found === undefined || found.to <= found.from) return undefined;
  const value = text.slice(found.from, found.to);
  return isNone.test(value) || value.startsWith(redacted) ? undefined : found;
}

/** Where its quotes end, else its line. */
function endOfQuoted(text: string, from: number, { escapes, quote }: { escapes: string; quote: string }): number {
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\n' && quote !== '`') return at;
    if (escapes === '') {
      if (char === '\\') at++;
      else if (char === quote) return at;
    } else if (char === '\\' && text.startsWith(escapes + quote, at)) return at;
  }
  return text.length;
}

/** A list or an object; only where it has texts in it. */
function group(text: string, from: number): Span | undefined {
  let depth = 0;
  const limit = Math.min(text.length, from + longestGroup);
  let to = from;
  for (; to < limit; to++) {
    const char = text.charAt(to);
    if (char === '[' || char === '{') depth++;
    else if ((char === ']' || char === '}') && --depth === 0) break;
  }
  // One that does not end is not looked at again.
  if (to === from + longestGroup) return { from, to };
  to = Math.min(limit, to + 1);
  return /["'`]/.test(text.slice(from, to)) ? { from, to } : undefined;
}

function unquoted(text: string, { at, from, key, quoted, between, kind }: Named): Span | undefined {
  const header = between.includes(':') && isHeader.test(wordsOf(key));
  const value = header ? restOfLine : bare;
  value.lastIndex = from;
  const found = value.exec(text)?.[0];
  if (found === undefined) return undefined;
  const span = { from, to: from + found.length };
  if (header) return span;
  // A call, or a path in code, is no value.
  if (text.charAt(span.to) === '(' || isPath.test(found)) return undefined;
  if (between === '=') return span;
  const first = lineStart.test(text.slice(Math.max(0, at - lookBehind), at));
  // Of a file of settings; in code it is a name.
  if (between.includes('=') && !between.includes('>')) return first && !isName.test(found) ? span : undefined;
  if (kind === 'texts' && quoted && isNumber.test(found)) return undefined;
  if ((quoted || first) && between.trim() !== '') return span;
  // In a sentence.
  if (isPlainWord.test(found) || (kind === 'texts' && (found.length < tokenLength || !/\d/.test(found))))
    return undefined;
  return span;
}
