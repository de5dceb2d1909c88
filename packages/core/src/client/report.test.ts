import { expect, test } from 'vitest';
import { evidenceText } from './report.ts';

const session = { pool: 'echo', session: 's1' };

test('is indented with a bar, so that a stack of the child is not mistaken for one of the test', () => {
  const text = evidenceText([
    {
      ...session,
      exit: 'exited with code 7',
      messages: ['{"a":1}', '{"b":2}'],
      stderr: 'oh no\n    at odd (x.js:1:2)\n',
    },
    { ...session, session: 's2', stdout: 'Usage: …' },
  ]);
  expect(text).toBe(`

── echo, session s1 ──
the child exited with code 7
last messages:
  │ {"a":1}
  │ {"b":2}
end of its stderr:
  │ oh no
  │     at odd (x.js:1:2)${' '}

── echo, session s2 ──
end of its stdout:
  │ Usage: …`);
});

test('leaves out what the message has already, and sessions of which nothing is known', () => {
  const found = [{ ...session, stderr: 'oh no\n', messages: ['{"a":1}'] }];
  expect(evidenceText(found, { message: 'It died.\n--- end of stderr ---\n  │ oh no' })).toBe(
    '\n\n── echo, session s1 ──\nlast messages:\n  │ {"a":1}',
  );
  expect(evidenceText(found, { message: 'oh no {"a":1}' })).toBe('');
  const died = [{ ...session, exit: 'exited with code 3' }];
  expect(evidenceText(died, { message: 'The child of pool "echo" exited with code 3, 5 ms after its start' })).toBe('');
  const more = [{ ...session, messages: ['{"a":1}', '{"b":2}'] }];
  expect(evidenceText(more, { message: 'It died.\n--- last messages ---\n  │ {"a":1}' })).toBe(
    '\n\n── echo, session s1 ──\nlast messages:\n  │ {"b":2}',
  );
  expect(evidenceText([session, { ...session, stderr: ' \n', messages: [] }])).toBe('');
});

test('says of a shared worker what is wrong with it', () => {
  const found = { pool: 'shared worker file:///db.js', session: '', stderr: 'no licence\n' };
  expect(evidenceText([{ ...found, messages: ['no reply for 5 ms to {}'] }])).toBe(`

── shared worker file:///db.js ──
no reply for 5 ms to {}
end of its stderr:
  │ no licence`);
  expect(evidenceText([{ ...found, messages: ['It crashed'] }], { message: 'It crashed: no licence' })).toBe('');
  // Runners show the cause too.
  const cause = new Error('It crashed: no licence');
  expect(evidenceText([{ ...found, messages: ['It crashed'] }], { message: 'It is gone', cause })).toBe('');
});

test('says what the child does, and what it has logged, unless the message does', () => {
  const activity = 'it works on "Indexing"; the last request that the child has answered is {id: 1} (session s2)';
  const logged = ['cannot read a.json', 'cannot read b.json\n  at line 1'];
  const found = [{ ...session, activity: `${activity}, 25 ms ago`, logged }];
  expect(evidenceText(found)).toBe(`

── echo, session s1 ──
${activity}, 25 ms ago
errors that the child has logged:
  │ cannot read a.json
  │ cannot read b.json
  │   at line 1`);
  const message = `No reply\n  ${activity}, 7 ms ago\n  │ cannot read a.json\n  │ cannot read b.json\n  │   at line 1`;
  expect(evidenceText(found, { message })).toBe('');
});

test('its title says on which other machine the child of a session is', () => {
  const machine = 'ci-2 (10.0.0.6:7000)';
  expect(evidenceText([{ ...session, machine, stderr: 'oh no' }])).toMatch(
    /\n── echo, session s1, on ci-2 \(10\.0\.0\.6:7000\) ──\n/,
  );
});
