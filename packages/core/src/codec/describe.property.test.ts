/** A secret at a random place of a random message is in nothing that evidence shows of it, and the message stays as it is. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CarpoolError } from '../base/errors.ts';
import { redactText } from '../base/redact.ts';
import { recordedValue, recordValue } from '../base/transcript-value.ts';
import { describeMessage } from './describe.ts';
import { Frame } from './frame.ts';
import { json } from './json.ts';
import { msgpack } from './msgpack.ts';

/** No word, and nothing that a message has by chance. */
const secrets = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9]{12,40}$/), fc.constantFrom('7Qz', 'x9K'))
  .map(([text, mark]) => `${mark}${text}`);

const names = fc.constantFrom(
  'password',
  'dbPassword',
  'client_secret',
  'X-Api-Key',
  'accessToken',
  'Authorization',
  'cookie',
  'private_key',
);

/** A message with a hole, and what to put there. */
const planted = secrets.chain((secret) =>
  fc
    .oneof(
      // Under a name: itself, or below that.
      fc
        .tuple(names, fc.constantFrom(secret, [secret], { value: secret }, [{ deep: [secret] }], `${secret} and more`))
        .map(([name, value]): unknown => ({ [name]: value, port: 1 })),
      // Beside a name.
      names.map((name): unknown => ({ name, value: secret })),
      names.map((name): unknown => ['run', `--${name}`, secret]),
      // In a text that is none by its name.
      fc
        .constantFrom(
          `Bearer ${secret}`,
          `postgres://app:${secret}@db/x`,
          `ghp_${secret}${secret}`,
          `eyJ${secret}.${secret}.${secret}`,
          `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
          `connect: password=${secret}`,
          `{"user": "a", "apiKey": "${secret}"}`,
          JSON.stringify(JSON.stringify({ token: secret })),
        )
        .map((text): unknown => ({ text })),
    )
    .map((value) => ({ secret, value })),
);

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.uint8Array({ maxLength: 8 }));
const around = fc.array(
  fc.record({ key: fc.stringMatching(/^[a-z]{1,6}$/), list: fc.boolean(), before: fc.array(leaf, { maxLength: 3 }) }),
  { maxLength: 3 },
);

const messages = fc.tuple(planted, around).map(([{ secret, value }, layers]) => {
  let message = value;
  for (const { key, list, before } of layers) {
    message = list
      ? [...before, message]
      : { ...Object.fromEntries(before.map((item, at) => [`k${at}`, item])), [key]: message };
  }
  return { secret, message: { type: 'x', message } };
});

/** What is not shown because it is too long could hide that it is not redacted. */
const everything = Infinity;

test.each([json, msgpack])('in a message of $name', (format) => {
  fc.assert(
    fc.property(messages, ({ secret, message }) => {
      const frame = Frame.encoded(Frame.of(message, format).bytes, format);
      const before = Uint8Array.from(frame.bytes);
      for (const max of [200, everything]) expect(frame.describe(max)).not.toContain(secret);
      expect(describeMessage(message, everything)).not.toContain(secret);
      const recorded = recordValue(message, { redact: true });
      expect(JSON.stringify(recorded)).not.toContain(secret);
      // What is shown again, or compared with it, is the same.
      expect(recordValue(recordedValue(recorded), { redact: true })).toEqual(recorded);
      expect(frame.bytes).toEqual(before);
      expect(JSON.stringify(frame.message)).toContain(JSON.stringify(secret).slice(1, -1));
    }),
    { numRuns: 300 },
  );
});

test('in what a child prints', () => {
  const prints = fc.tuple(
    secrets,
    names,
    fc.constantFrom('{}=', '{}: ', '"{}": ', "{}='", '"{}":"', '--{}='),
    fc.string(),
  );
  fc.assert(
    fc.property(prints, ([secret, name, form, noise]) => {
      const text = `${noise.replaceAll(/["'`\\]/g, '')}\n${form.replace('{}', name)}${secret}\nError: after`;
      const shown = redactText(text);
      expect(shown).not.toContain(secret);
      expect(shown).toContain('Error: after');
      const { message, evidence } = new CarpoolError('CHILD_EXITED', 'x', {
        evidence: { stderr: text, messages: [text] },
      });
      expect(message + JSON.stringify(evidence)).not.toContain(secret);
    }),
    { numRuns: 300 },
  );
});
