/** What `redact` may be in a config, and what of it crosses processes. */
import * as v from 'valibot';
import type { RedactRules } from '../base/redact.ts';
import { messageOf } from '../base/thrown.ts';
import type { Redact } from './define-redact.ts';
import { texts } from './schema-parts.ts';

const patternAllowed = 'a RegExp, or the source of one';

/** One that matches nothing would match between all characters. */
const pattern = v.pipe(
  v.union([v.instance(RegExp), v.string()], patternAllowed),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { value } = dataset;
    try {
      if (new RegExp(value).test('')) addIssue({ message: `${patternAllowed} that does not match the empty text` });
    } catch (thrown) {
      addIssue({ message: `${patternAllowed} (${messageOf(thrown)})` });
    }
  }),
);

export const redactSchema: v.GenericSchema = v.strictObject(
  {
    keys: v.optional(texts),
    patterns: v.optional(v.array(pattern, 'a list of RegExps, or of their sources')),
    shown: v.optional(texts),
    defaults: v.optional(v.boolean('true or false')),
  },
  'false, or an object: { keys?, patterns?, shown?, defaults? }',
);

/** As plain data. */
export function redactRules(redact: Redact | undefined): RedactRules | undefined {
  if (redact === undefined || redact === false) return redact;
  const patterns = redact.patterns?.map((one) => {
    const { source, flags } = new RegExp(one);
    return { source, flags: `${flags.replace(/[gy]/g, '')}g` };
  });
  const { keys, shown, defaults } = redact;
  return { keys, patterns, shown, defaults };
}
