/** What is embedded in a page, as JSON. */
import type { RunMessages } from './messages.ts';
import type { PackedRuns } from './packed-runs.ts';

export interface PageData extends PackedRuns {
  /** Of the command that has written it. */
  readonly carpool: string;
  /** When it was written, milliseconds since 1970. */
  readonly written: number;
  /** Events that the page leaves out, because there were too many. */
  readonly omitted: number;
  /** For each run; `null`: no transcript was kept of it. */
  readonly messages: readonly (RunMessages | null)[];
}

/** The id of its element. */
export const dataElement = 'carpool-data';

/** JSON that ends no script, begins no comment, and has none of the two characters that JavaScript takes for ends of lines. */
export function embeddedJson(data: unknown): string {
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(data).replaceAll(/[<>&\u2028\u2029]/g, escape);
}
