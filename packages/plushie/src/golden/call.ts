/** One call of an assertion, and the errors that point at its line. */
import { CarpoolError, type CallSite, type ErrorCode } from 'carpool/adapter/realm';
import type { GoldenOptions, GoldenSession } from './options.ts';

/** What is compared with a golden file. */
export interface GoldenKind {
  readonly what: 'tree' | 'screenshot';
  /** Of its golden file, without the first dot. */
  readonly extension: string;
  /** The environment variable of Plushie's SDKs that writes golden files anew where it is 1. */
  readonly variable: string;
}

/** One call of an assertion. */
export interface GoldenCall<Options extends GoldenOptions = GoldenOptions> {
  readonly session: GoldenSession;
  readonly name: string;
  readonly options: Options;
  /** The user's line. */
  readonly site: CallSite;
}

/** What an error holds beside its code and its message. */
export interface ErrorDetails {
  readonly context?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An error whose stack begins at the user's line. */
export function errorOf(
  { name, site }: GoldenCall,
  code: ErrorCode,
  message: string,
  details: ErrorDetails = {},
): CarpoolError {
  const { context = {}, cause } = details;
  return new CarpoolError(code, message, { site, context: { name, ...context }, cause });
}

/** There is nothing to compare, or nothing to compare with. */
export function invalid(
  call: GoldenCall,
  kind: Pick<GoldenKind, 'what'>,
  reason: string,
  cause?: unknown,
): CarpoolError {
  return errorOf(call, 'GOLDEN_INVALID', `Cannot compare the ${kind.what} ${JSON.stringify(call.name)}: ${reason}`, {
    cause,
  });
}
