// Writes docs/errors.md from the table of errors in packages/core/src/base/error-kinds.ts; a test compares the two.
//
//   node scripts/errors-doc.mjs            writes it
//   node scripts/errors-doc.mjs --print    prints what it would write
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorKinds } from '../packages/core/src/base/error-kinds.ts';
import { withNavigation } from './docs-navigation.mjs';

const scopes = {
  call: 'this call only',
  session: 'this session',
  child: 'the child, and every session on it',
  pool: 'the pool',
  hub: 'the connection to the host',
  'shared worker': 'the shared worker',
  run: 'the whole run',
};

const blames = {
  test: 'the test',
  child: 'the child',
  protocol: "the pool's protocol",
  setup: 'the set-up',
  carpool: 'Carpool itself',
};

const head = `# Errors

Every failure that Carpool reports is a \`CarpoolError\`. Its message says what was tried, what is so, and what to do; then
comes the evidence: the end of the child's stderr, the last messages of the session, bytes that were no message.

| field      | what it holds                                                                         |
| ---------- | ------------------------------------------------------------------------------------- |
| \`code\`     | one of the codes below                                                                |
| \`scope\`    | what is unusable now: the call, the session, the child, the pool, the hub, or the run |
| \`blame\`    | who can fix it, as far as is known: the test, child, protocol, set-up, or Carpool     |
| \`context\`  | facts under stable names: \`pool\`, \`session\`, \`limit\`, \`size\`, \`holders\`, …            |
| \`evidence\` | \`stderr\`, \`stdout\`, \`messages\`, \`logged\`, \`exit\` and more: plain text, bounded        |
| \`cause\`    | what it follows from, if anything                                                     |

Every runner shows the code before the message, as in \`CarpoolError [POOL_FULL]: …\`, which is the \`name\` of the error.

The stack points at the line that made the call. Recognise an error with \`isCarpoolError(error)\` or
\`isCarpoolError(error, 'POOL_FULL')\`, not with \`instanceof\`: test runners load modules more than once.

A test that expects an error compares its \`code\`: \`await expect(call).rejects.toMatchObject({ code: 'SESSION_REFUSED' })\`.
\`toThrow(/text/)\` looks at the whole message, and so at the evidence too, where the text may stand for another reason.

This page is generated from the table in \`packages/core/src/base/error-kinds.ts\` by \`node scripts/errors-doc.mjs\`.

## Secrets are not shown

What errors, the evidence of failing tests, attachments of reports, transcripts, \`carpool tail\`, \`carpool watch\` and the page of
\`carpool report\` show has \`[redacted]\` in the place of secrets:

- what stands under a name such as \`password\`, \`passphrase\`, \`secret\`, \`apiKey\`, \`private_key\`, \`accessToken\`,
  \`Authorization\` or \`cookie\`, whatever its case and its separators, and as the end of a longer one: \`DB_PASSWORD\`, but not
  \`passThrough\`, \`tokenCount\` or \`keyboard\`. In messages at any depth; in text, as of stderr, as \`key=value\`,
  \`"key": "value"\`, \`key: value\`, and \`--key value\`;
- what looks like one, wherever it stands: \`Bearer …\` (but not before a word of less than 20 lower-case letters), a JSON Web Token, a private key (PEM), the password of a URL, and tokens
  with a known beginning, such as \`ghp_\`, \`sk_live_\`, \`AKIA\` and \`xoxb-\`. These are left out of the message of an error, too.

That a value is \`undefined\`, \`null\`, \`true\`, \`false\` or empty is shown, as it may be the cause, and a number under
\`token\`. Bytes are shown as their number and the beginning of their SHA-256, so that equal ones are seen to be equal.
Names of fields in messages are looked at as texts are, and numbers by the \`patterns\` of the config.
Nothing of what is sent is changed, nor what is [forwarded](protocol.md) of stderr, and a message costs no more: it is looked at
when it is shown. \`redact\` in the config says more:

\`\`\`ts
export default defineConfig({
  redact: {
    keys: ['pin', 'iban'], // beside those above
    patterns: [/\\bcust-\\d+/], // each match as a whole; a string is the source of a RegExp
    shown: ['token'], // that of a parser is no secret
  },
  pools,
});
\`\`\`

With \`defaults: false\` only \`keys\` and \`patterns\` are redacted, with \`redact: false\` nothing is. A pattern that is no
RegExp, or that matches the empty text, is an error of the config that names it. Runs that share the [host of a
machine](machine.md) share what it says of its children: what one of their configs redacts is redacted.
`;

const row = ([code, { scope, blame, meaning, remedy }]) => `
## ${code}

${meaning}

- **Unusable now:** ${scopes[scope]}.
- **Usually to blame:** ${blames[blame]}.
- **What to do:** ${remedy}
`;

const page = withNavigation('errors.md', head + Object.entries(errorKinds).map(row).join(''));

if (process.argv.includes('--print')) process.stdout.write(page);
else writeFileSync(join(import.meta.dirname, '..', 'docs', 'errors.md'), page);
