/** Which names stand for secrets: of fields, options, variables of an environment, headers. */

/** `all`: whatever it holds is a secret. `texts`: numbers under it are not, such as the count or the place of a token. */
export type Secrecy = 'all' | 'texts';

/** Characters at the end of a name that are looked at. */
const longest = 100;

/** What may follow: "passwordHash", "private_key_pem", "token2". */
const kinds = /(?: (?:pem|hash|digest|value|base64|hex|plain|text|string|header))+$/;

const all =
  /(?:^| )(?:pass ?(?:word|wd|phrase|code)s?|pwd|secrets?|(?:api|access|private|secret|signing|encryption) ?keys?)$|(?:password|passwd|passphrase|apikey|secretkey|accesskey|privatekey|clientsecret)s?$/;
const texts =
  /(?:^| )(?:token|jwt|bearer|authori[sz]ation|cookies?|credentials?)$|(?:access|api|auth|bearer|csrf|xsrf|id|refresh|session)token$/;
/** Of compilers, of pages, and of the Language Server Protocol. */
const harmless =
  /(?:^| )(?:cancel|cancell?ation|continuation|current|done|expected|next|page|progress|result|sync|syntax|unexpected) token$/;

/** A name can stand for a secret only if it has one of these; a quick look, for texts with many names. */
export const secretHint: RegExp = /pass|pwd|secret|key|token|jwt|bearer|auth|cookie|credential/i;

/** Words in lower case, without the numbers at its end: "X-Api-Key", "xApiKey" and "X_API_KEY2" are "x api key". */
export function wordsOf(name: string): string {
  return name
    .slice(-longest)
    .replace(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .toLowerCase()
    .replace(/[\d ]+$/, '')
    .trimStart();
}

/** @param words as of `wordsOf` */
export function secrecyOf(words: string): Secrecy | undefined {
  const plain = words.replace(kinds, '');
  if (all.test(plain)) return 'all';
  return texts.test(plain) && !harmless.test(plain) ? 'texts' : undefined;
}

/** It is that name, or ends with it: "pin" and "card pin" for "pin". */
export function endsWithName(words: string, name: string): boolean {
  return words === name || words.endsWith(` ${name}`);
}
