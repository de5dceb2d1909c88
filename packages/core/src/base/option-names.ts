/**
 * The options of a call. Where no compiler looks, a misspelt one would silently be the default: `acquire({ timout: 500 })`
 * would wait for a minute.
 */
import type { ErrorCode } from './error-kinds.ts';
import { CarpoolError, type CallSite } from './errors.ts';
import { didYouMean } from './similar.ts';

export class OptionNames {
  readonly #code: ErrorCode;
  readonly #call: string;
  readonly #known: ReadonlySet<string>;

  /**
   * @param code of the error
   * @param call as users write it: "request"
   * @param known names that it takes
   */
  constructor(code: ErrorCode, call: string, known: readonly string[]) {
    this.#code = code;
    this.#call = call;
    this.#known = new Set(known);
  }

  /** @throws CarpoolError of `code` if it takes none of this name, or if these are no options */
  check(options: object, site?: CallSite): void {
    const error = this.fault(options, site);
    if (error !== undefined) throw error;
  }

  /**
   * As `check`, as a value. It runs with each request that has options, so it makes nothing where all is well.
   * @param call where several calls take the same
   */
  fault(options: object, site?: CallSite, call: string = this.#call): CarpoolError | undefined {
    if (typeof options !== 'object' || options === null)
      return this.#refused(call, `no options: ${String(options)};`, site);
    for (const name in options) {
      if (!this.#known.has(name)) return this.#unknown(call, name, site);
    }
    return undefined;
  }

  #unknown(call: string, name: string, site: CallSite | undefined): CarpoolError {
    const meant = didYouMean(name, [...this.#known]) || ';';
    return this.#refused(call, `it has no option ${JSON.stringify(name)}${meant}`, site);
  }

  #refused(call: string, what: string, site: CallSite | undefined): CarpoolError {
    const known = [...this.#known];
    const message = `Cannot call \`${call}\`: ${what} it takes ${known.join(', ')}`;
    return new CarpoolError(this.#code, message, {
      scope: 'call',
      blame: this.#code === 'CONFIG_INVALID' ? 'setup' : 'test',
      context: { call, options: known },
      ...(site !== undefined && { site }),
    });
  }
}
