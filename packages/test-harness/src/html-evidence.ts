/** The evidence of `failsByReply` of fixtures/html-evidence.mjs, as the HTML reports of all runners must have it. */

const long = `long ${'word '.repeat(400)}end`;
/** No report has it. */
export const secret = 'never-shown-0123456789';
const hidden = '{password: [redacted], pin: [redacted], header: "Bearer [redacted]"}';
const reply = (value?: string): string =>
  `← {session: "s", id: "c", type: "reply"${value === undefined ? '' : `, value: ${value}`}}`;

/** A request to set this value, as it is shown, and its reply. */
export const set = (value: string): readonly string[] => [`→ {type: "set", value: ${value}}`, reply(value)];

/** All that was said, unshortened. */
export const messages: readonly string[] = [
  ...set(hidden),
  '→ {type: "log", text: "password=[redacted] and <b>markup</b>"}',
  reply(),
  ...set(JSON.stringify(long)),
  ...set('"said last"'),
];

export const stderr = 'password=[redacted] and <b>markup</b>';

/** The same, as its error has it. */
export const evidence: string = [
  '── echo, session s ──',
  'last messages:',
  ...messages.map((line) => `  │ ${line}`),
  'end of its stderr:',
  `  │ ${stderr}`,
].join('\n');

/** Names of sessions and requests depend on what else the child serves. */
export const unnumbered = (text: string): string =>
  text.replaceAll(/\bsession s\d+|"[sc]\d+"/g, (found) => found.replace(/\d+/, ''));

/** How often the text has this part. */
export const times = (text: string, part: string): number => text.split(part).length - 1;
