/** What the options of `sessionField` may be in a config. */
import * as v from 'valibot';
import { text, texts } from './schema-parts.ts';

const scalar = v.union([v.string(), v.number(), v.boolean(), v.null()], 'a string, a number, true, false or null');
const pattern = v.record(v.string(), scalar, 'an object of fields and their values');
const message = v.record(v.string(), v.unknown(), 'a message, an object');
const exchange = v.strictObject({ send: message, expect: v.optional(pattern) }, 'an object: { send, expect? }');

const protocolAllowed = 'a protocol, a function that returns one, or the options of sessionField';
export const sessionFieldSchema: v.GenericSchema = v.strictObject(
  {
    session: v.optional(text),
    id: v.optional(text),
    replyTo: v.optional(text),
    idType: v.optional(v.picklist(['string', 'number'], '"string" or "number"')),
    labelFields: v.optional(texts),
    hello: v.optional(
      v.strictObject(
        { send: v.optional(message), expect: pattern, version: v.optional(pattern) },
        'an object: { send?, expect, version? }',
      ),
    ),
    open: v.optional(
      v.strictObject(
        { send: message, expect: v.optional(pattern), params: v.optional(text) },
        'an object: { send, expect?, params? }',
      ),
    ),
    close: v.optional(
      v.strictObject(
        { send: message, expect: v.optional(pattern), failed: v.optional(pattern) },
        'an object: { send, expect?, failed? }',
      ),
    ),
    probe: v.optional(exchange),
    steps: v.optional(v.array(pattern, 'a list of patterns')),
    refusals: v.optional(v.array(pattern, 'a list of patterns')),
    lost: v.optional(v.array(pattern, 'a list of patterns')),
    asks: v.optional(v.array(pattern, 'a list of patterns')),
    refuse: v.optional(message),
    cancel: v.optional(message),
    diagnostics: v.optional(v.array(pattern, 'a list of patterns')),
  },
  protocolAllowed,
);
