/** What the environment says of a transcript. */

/** `true`: beside the other records of the project. A text: in that folder. */
export type TranscriptWish = boolean | string;

const yes = new Set(['1', 'true', 'yes', 'on']);
const no = new Set(['0', 'false', 'no', 'off']);

/**
 * `CARPOOL_TRANSCRIPT` decides: 1, 0, or a folder. Where it is not set, or empty, the config does.
 * @param wish of the config. Default false
 */
export function transcriptWanted(
  env: Readonly<Record<string, string | undefined>>,
  wish: boolean = false,
): TranscriptWish {
  const text = env['CARPOOL_TRANSCRIPT'] ?? '';
  if (text === '') return wish;
  const word = text.toLowerCase();
  if (yes.has(word)) return true;
  return no.has(word) ? false : text;
}
