/** What of evidence is not shown: secrets. It is asked when something is shown, not for each message. */
import { endsWithName, secrecyOf, wordsOf, type Secrecy } from './secret-keys.ts';
import { redacted, withoutPatterns, withoutValues } from './secret-text.ts';

/** `redact` of a config as it crosses processes: plain data. `false`: everything is shown. */
export type RedactRules =
  | false
  | {
      readonly keys?: readonly string[] | undefined;
      readonly patterns?: readonly { readonly source: string; readonly flags: string }[] | undefined;
      readonly shown?: readonly string[] | undefined;
      readonly defaults?: boolean | undefined;
    };

/** The rules of one config. */
export class Redaction {
  readonly #keys: readonly string[];
  readonly #shown: readonly string[];
  readonly #patterns: readonly RegExp[];
  readonly #defaults: boolean;
  readonly #secrecy = (name: string): Secrecy | undefined => this.secrecyOf(name);

  constructor({ keys = [], patterns = [], shown = [], defaults = true }: Exclude<RedactRules, false> = {}) {
    this.#keys = keys.map(wordsOf);
    this.#shown = shown.map(wordsOf);
    this.#patterns = patterns.map(({ source, flags }) => new RegExp(source, flags));
    this.#defaults = defaults;
  }

  /** Of what stands under a name. */
  secrecyOf(name: string): Secrecy | undefined {
    const words = wordsOf(name);
    if (this.#shown.some((shown) => endsWithName(words, shown))) return undefined;
    if (this.#keys.some((key) => endsWithName(words, key))) return 'all';
    return this.#defaults ? secrecyOf(words) : undefined;
  }

  /** The user's patterns alone: what is a secret by default has letters. */
  isSecretNumber(value: number | bigint): boolean {
    if (this.#patterns.length === 0) return false;
    const text = String(value);
    return this.#patterns.some((pattern) => replaced(text, pattern) !== text);
  }

  /** A text without the secrets that can be recognised by themselves. */
  withoutPatterns(text: string): string {
    let result = text;
    // First: they know the text as it is.
    for (const pattern of this.#patterns) result = replaced(result, pattern);
    return this.#defaults ? withoutPatterns(result) : result;
  }

  /** A text without secrets: also those that stand beside their names. */
  text(text: string): string {
    const result = this.withoutPatterns(text);
    if (!this.#defaults && this.#keys.length === 0) return result;
    return withoutValues(result, this.#secrecy, this.#keys.length > 0);
  }
}

function replaced(text: string, pattern: RegExp): string {
  // A sticky one goes on where it ended in another text.
  pattern.lastIndex = 0;
  return text.replace(pattern, redacted);
}

const byDefault = new Redaction();
/** Of the configs that this process serves: one, but in the host of a machine. What one of them hides is not shown. */
const inForce = new Map<unknown, Redaction | undefined>();
/** Of names that were asked for: messages have the same ones again and again. */
const known = new Map<string, Secrecy | undefined>();
/** As they are shown. */
const shownNames = new Map<string, string>();
const mostKnown = 4_096;
let changes = 0;
/** Characters: longer ones are asked for once. */
const longestKnown = 100;

/**
 * What is shown from now on in this process.
 * @param rules of a config; undefined: those by default
 * @param of whose config it is; another call for the same replaces it
 */
export function redactFor(of: unknown, rules: RedactRules | undefined): void {
  forgetNames();
  inForce.set(of, rules === false ? undefined : rules === undefined ? byDefault : new Redaction(rules));
}

/** The config is served no more. */
export function forgetRedaction(of: unknown): void {
  forgetNames();
  inForce.delete(of);
}

/** Another one each time that the rules change. */
export function redactRulesNumber(): number {
  return changes;
}

function forgetNames(): void {
  changes++;
  known.clear();
  shownNames.clear();
}

function all(): Iterable<Redaction | undefined> {
  return inForce.size === 0 ? [byDefault] : inForce.values();
}

/** Whether what stands under this name is a secret. */
export function secrecyOfName(name: string): Secrecy | undefined {
  const before = known.get(name);
  if (before !== undefined || known.has(name)) return before;
  const secrecy = strictestOf(name);
  if (known.size >= mostKnown) known.clear();
  known.set(name, secrecy);
  return secrecy;
}

function strictestOf(name: string): Secrecy | undefined {
  let found: Secrecy | undefined;
  for (const redaction of all()) {
    const secrecy = redaction?.secrecyOf(name);
    if (secrecy === 'all') return secrecy;
    found ??= secrecy;
  }
  return found;
}

/** A text of evidence, without secrets. */
export function redactText(text: string): string {
  let result = text;
  for (const redaction of all()) result = redaction?.text(result) ?? result;
  return result;
}

/** The name of a field, without secrets: an object may have texts of its user as names. */
export function redactName(name: string): string {
  const before = shownNames.get(name);
  if (before !== undefined) return before;
  const shown = redactText(name);
  if (name.length > longestKnown) return shown;
  if (shownNames.size >= mostKnown) shownNames.clear();
  shownNames.set(name, shown);
  return shown;
}

/** Whether a pattern of a config matches the number as text. */
export function isSecretNumber(value: number | bigint): boolean {
  for (const redaction of all()) if (redaction?.isSecretNumber(value) === true) return true;
  return false;
}

/** A text that others compare, such as the message of an error: only what looks like a secret by itself is left out. */
export function redactPatterns(text: string): string {
  let result = text;
  for (const redaction of all()) result = redaction?.withoutPatterns(result) ?? result;
  return result;
}

/** Evidence without secrets: the same object, where there are none. */
export function redactEvidence<E extends object>(evidence: E): E {
  const changed: Partial<Record<string, unknown>> = {};
  for (const [part, value] of Object.entries(evidence) as [string, unknown][]) {
    const shown = Array.isArray(value) ? value.map(redactPart) : redactPart(value);
    if (String(shown) !== String(value)) changed[part] = shown;
  }
  return Object.keys(changed).length === 0 ? evidence : { ...evidence, ...changed };
}

function redactPart(part: unknown): unknown {
  return typeof part === 'string' ? redactText(part) : part;
}
