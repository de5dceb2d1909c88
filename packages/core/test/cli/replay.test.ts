// `carpool replay`: the side of the test of a transcript, against a real child.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { childProtocol } from '../../src/protocol/child-protocol.ts';
import { place, program, programPath, programProtocol } from '../support/pools.ts';
import { transcriptText, type Written } from '../support/transcripts.ts';
import { carpool, write, type Ended } from './carpool.ts';

/** The process of test/programs/model.mjs, and what it answered when it was recorded. */
const open = { e: 'open', pool: 'model', test: 'adds', file: '/code/shop/model.test.ts', hello: hello(2) } as const;

function hello(version: number): { readonly [name: string]: string | number } {
  return { carpool: 'hello', version };
}

const conversation: Written[] = [
  open,
  { e: 'opened', id: 's9', opened: { carpool: 'opened', device: 'cpu', session: 's9' } },
  { e: 'send', m: { type: 'add', value: 2 } },
  { e: 'request', n: 1, m: { type: 'total' } },
  { e: 'reply', n: 1, m: { type: 'total', value: 2, params: null } },
  { e: 'send', m: { type: 'poke', value: 'x' } },
  { e: 'event', m: { type: 'poked', value: 'x' } },
  { e: 'request', n: 2, m: { type: 'walk', steps: 2 } },
  { e: 'step', n: 2, m: { type: 'visited', n: 1, carpool: 'step' } },
  { e: 'step', n: 2, m: { type: 'visited', n: 2, carpool: 'step' } },
  { e: 'reply', n: 2, m: { type: 'walked' } },
  { e: 'request', n: 3, m: { type: 'convert', value: 3 } },
  { e: 'ask', n: 1, m: { type: 'rate?', carpool: 'ask' } },
  { e: 'answer', n: 1, m: { rate: 2 } },
  { e: 'reply', n: 3, m: { type: 'converted', value: 6 } },
  { e: 'request', n: 4, m: { type: 'fail' } },
  { e: 'refusal', n: 4, m: { carpool: 'refused', code: 'zero', message: 'cannot divide by zero' } },
  { e: 'close', by: 'owner' },
  { e: 'closed' },
];

/** Of the process as it is now. */
interface Now {
  readonly codec?: 'json-lines' | 'msgpack';
  readonly version?: number;
}

function played(
  events: readonly Written[],
  { codec = 'json-lines', version = 2 }: Now,
  ...args: string[]
): Promise<Ended> {
  writeFileSync(join(place().path, 'run.transcript.jsonl'), transcriptText(events));
  const flags = [`--${codec}`, `--version=${version}`];
  const model = { command: process.execPath, args: [programPath('model'), ...flags], codec, protocol: childProtocol };
  write('carpool.config.mjs', `export default ${JSON.stringify({ pools: { model } })};\n`);
  return carpool('replay', 'run.transcript.jsonl', ...args);
}

test.each(['json-lines', 'msgpack'] as const)('all answers are as they were recorded: %s', async (codec) => {
  const { code, stdout, stderr } = await played(conversation, { codec });
  expect(stderr).toBe('');
  expect(stdout).toBe('carpool: 10 answers in 1 session, all as they were recorded\n');
  expect(code).toBe(0);
});

test.each(['json-lines', 'msgpack'] as const)('each answer that differs is shown, by its path: %s', async (codec) => {
  const events = conversation.map(
    (event) => JSON.parse(JSON.stringify(event).replace('"value":6', '"value":7')) as Written,
  );
  const { code, stdout } = await played(events, { codec, version: 3 });
  expect(stdout).toBe(
    [
      '"adds" (model.test.ts), session s9 of pool model',
      '  what its child said of itself, `session.hello`',
      '    .version: recorded 2, now 3',
      '  the reply to {"type":"convert","value":3}',
      '    .value: recorded 7, now 6',
      'carpool: 10 answers in 1 session, of which 8 are as they were recorded: 2 differences',
      '',
    ].join('\n'),
  );
  expect(code).toBe(1);
  const ignoring = await played(events, { codec, version: 3 }, '-i', '.version', '--ignore', '**.value');
  expect(ignoring).toMatchObject({ code: 0, stderr: '' });
});

test('options that may be given again leave the file that comes behind them alone', async () => {
  await played(conversation, {});
  const { code, stdout, stderr } = await carpool(
    'replay',
    '--ignore',
    '.version',
    '-i',
    '.value',
    'run.transcript.jsonl',
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe('carpool: 10 answers in 1 session, all as they were recorded\n');
});

test('of a folder the transcript of the last run is played, whatever the names', async () => {
  await played(conversation, {});
  const old = transcriptText(conversation.map((event) => ({ ...event, pool: 'gone' })));
  write('recorded/z.jsonl', transcriptText(conversation).replace(/"zero":\d+/, '"zero":2000'));
  write('recorded/a.jsonl', old.replace(/"zero":\d+/, '"zero":1000'));
  // Of pools of a process of that run.
  write('recorded/z.pools-2.transcript.jsonl', old.replace(/"zero":\d+/, '"zero":3000'));
  write('recorded/timeline.jsonl', '{"carpoolTimeline":1}\n');
  mkdirSync(join(place().path, 'recorded/folder.jsonl'));
  const { code, stdout, stderr } = await carpool('replay', 'recorded', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ file: expect.stringMatching(/recorded[\\/]z\.jsonl$/), sessions: 1 });
});

test('as JSON: what differs, with the values', async () => {
  const { code, stdout } = await played(conversation, { version: 3 }, '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    file: expect.stringMatching(/run\.transcript\.jsonl$/),
    same: false,
    isCut: false,
    sessions: 1,
    answers: 10,
    asBefore: 9,
    findings: [
      {
        pool: 'model',
        test: 'adds',
        file: 'model.test.ts',
        session: 's9',
        what: 'what its child said of itself, `session.hello`',
        differences: [{ path: '.version', recorded: 2, now: 3 }],
      },
    ],
    happened: [],
  });
  expect(code).toBe(1);
});

test('a crash that still happens is told, and is no difference; one that is new ends its session, and the next is played', async () => {
  const dies: Written[] = [
    { ...open, test: 'dies' },
    { e: 'opened', id: 's1', opened: { carpool: 'opened', device: 'cpu', session: 's1' } },
    { e: 'request', n: 1, m: { type: 'die' } },
  ];
  const crash: Written = {
    e: 'close',
    by: 'child',
    reason: 'because its child ended',
    code: 'CHILD_EXITED',
    message: 'The child of pool "model" exited with code 3',
  };
  const same = await played([...dies, crash, { e: 'closed' }, ...conversation], {});
  expect(same.stdout).toMatch(
    /^"dies" \(model\.test\.ts\), session s1 of pool model\n {2}it still happens: CHILD_EXITED: The child of pool "model" exited with code 3,/,
  );
  expect(same.code).toBe(0);
  const lived: Written[] = [{ e: 'reply', n: 1, m: { type: 'died' } }, { e: 'event', m: {} }, { e: 'closed' }];
  const fresh = await played([...dies, ...lived, ...conversation], {});
  expect(fresh.stdout).toContain(
    '  the reply to {"type":"die"}\n    the session ended, which it did not when it was recorded: CHILD_EXITED: ',
  );
  expect(fresh.stdout).toContain(
    'carpool: 13 answers in 2 sessions, of which 12 are as they were recorded: 1 difference',
  );
  expect(fresh.code).toBe(1);
});

test('a child that still does not confirm the end of its session hangs as it did: no difference', async () => {
  const hangs = (unconfirmed: boolean): Written[] => [
    { ...open, pool: 'echoes', test: 'hangs', hello: undefined },
    { e: 'opened', id: 's1' },
    { e: 'request', n: 1, m: { type: 'ask' } },
    { e: 'cancel', n: 1 },
    { e: 'close', by: 'owner' },
    { e: 'closed', ...(unconfirmed && { unconfirmed }) },
  ];
  const replayed = (name: string, unconfirmed: boolean): Promise<Ended> => {
    const { hello: _, ...protocol } = programProtocol;
    // What confirms it may take long to start.
    const echoes = program(name, { closeTimeout: name === 'echo' ? 30_000 : 300, protocol });
    write('carpool.config.mjs', `export default ${JSON.stringify({ pools: { echoes } })};\n`);
    writeFileSync(join(place().path, 'hang.transcript.jsonl'), transcriptText(hangs(unconfirmed)));
    return carpool('replay', 'hang.transcript.jsonl');
  };
  const same = await replayed('never-confirms', true);
  expect(same.stdout).toMatch(
    /^"hangs" \(model\.test\.ts\), session s1 of pool echoes\n {2}it still happens: .*the child did not confirm its end within 300 ms, [^\n]*\n/,
  );
  expect(same.stdout).toContain('all as they were recorded');
  expect(same.code).toBe(0);
  const mended = await replayed('echo', true);
  expect(mended.stdout).toContain('  its end\n    recorded that the child did not confirm it in time, now it did\n');
  expect(mended.code).toBe(1);
  const fresh = await replayed('never-confirms', false);
  expect(fresh.stdout).toContain('  its end\n    Cannot unregister session s1: the child did not confirm its end');
  expect(fresh.code).toBe(1);
});

test('what does not come in time, and what comes and was not recorded', async () => {
  const events: Written[] = [
    open,
    { e: 'opened', id: 's9', opened: { carpool: 'opened', device: 'cpu', session: 's9' } },
    { e: 'send', m: { type: 'poke', value: 1 } },
    { e: 'request', n: 1, m: { type: 'echo', value: 1 } },
    { e: 'reply', n: 1, m: { type: 'echoed', value: 1 } },
    { e: 'closed' },
    { ...open, s: 'y', test: 'hangs' },
    { s: 'y', e: 'opened', id: 's2', opened: { carpool: 'opened', device: 'cpu', session: 's2' } },
    { s: 'y', e: 'request', n: 1, m: { type: 'hang' } },
    { s: 'y', e: 'reply', n: 1, m: { type: 'hung' } },
    { s: 'y', e: 'closed' },
  ];
  const { code, stdout } = await played(events, {}, '--timeout', '0.3s');
  expect(stdout).toContain('  an event\n    it came, and came not when it was recorded: ');
  expect(stdout).toContain(
    '  the reply to {"type":"hang"}\n    it did not come within 300 ms; the rest of this session was not played',
  );
  expect(code).toBe(1);
});

test('bad input is one sentence, and the exit code 2', async () => {
  const fails = async (ended: Promise<Ended>): Promise<string> => {
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^carpool: [^\n]+ \[[A-Z_]+\]\n$/);
    return stderr;
  };
  expect(await fails(carpool('replay', 'nothing.jsonl'))).toBe(
    `carpool: Cannot replay ${join(place().path, 'nothing.jsonl')}: there is no such file [NOT_RECORDED]\n`,
  );
  expect(await fails(played(conversation, {}, '--pool', 'other'))).toContain(
    'it has no session of pool "other"; it has 1, of "model"',
  );
  expect(await fails(played(conversation, {}, '--test', 'subtracts'))).toContain(
    'of a test with "subtracts" in its name',
  );
  expect(await fails(played([{ ...open, pool: 'gone' }, { e: 'closed' }], {}))).toContain('Unknown pool "gone"');
  mkdirSync(join(place().path, 'empty'));
  expect(await fails(carpool('replay', 'empty'))).toContain('empty: there is no transcript in it. CARPOOL_TRANSCRIPT=');
  expect(await fails(played(conversation, {}, '--config', 'nope.ts'))).toMatch(
    /^carpool: Cannot load the config: there is no file .*nope\.ts\. Correct the path/,
  );
  writeFileSync(join(place().path, 'newer.jsonl'), '{"carpoolTranscript":2,"carpool":"9.0.0"}\n');
  expect(await fails(carpool('replay', 'newer.jsonl'))).toContain('it has version 2');
});

test('what the test gave up, and what it refused, is given up and refused again, at the same place', async () => {
  const events: Written[] = [
    open,
    { e: 'opened', id: 's9', opened: { carpool: 'opened', device: 'cpu', session: 's9' } },
    { e: 'request', n: 1, m: { type: 'hang' } },
    { e: 'cancel', n: 1 },
    // The process has counted that.
    { e: 'request', n: 2, m: { type: 'total' } },
    { e: 'reply', n: 2, m: { type: 'total', value: 1, params: null } },
    { e: 'request', n: 3, m: { type: 'convert', value: 3 } },
    { e: 'ask', n: 1, m: { type: 'rate?', carpool: 'ask' } },
    { e: 'refuse', n: 1, reason: 'the test has no answer' },
    { e: 'refusal', n: 3, m: { carpool: 'refused', message: 'The question got no answer' } },
    // What comes for it late is dropped, as it was then.
    { e: 'refusal', n: 1, m: { carpool: 'refused', message: 'given up' } },
    { e: 'close', by: 'owner' },
    // By the end of the session, which does so by itself.
    { e: 'refuse', n: 9, reason: 'the session has ended' },
    { e: 'closed' },
  ];
  const { code, stdout, stderr } = await played(events, {}, '--timeout', '5s');
  expect(stderr).toBe('');
  expect(stdout).toBe('carpool: 5 answers in 1 session, all as they were recorded\n');
  expect(code).toBe(0);
});

test('a request that fails where it had steps is told once, and not waited for', async () => {
  const events: Written[] = [
    open,
    { e: 'opened', id: 's9', opened: { carpool: 'opened', device: 'cpu', session: 's9' } },
    { e: 'request', n: 1, m: { type: 'fail' } },
    { e: 'step', n: 1, m: { type: 'visited', n: 1, carpool: 'step' } },
    { e: 'step', n: 1, m: { type: 'visited', n: 2, carpool: 'step' } },
    { e: 'reply', n: 1, m: { type: 'walked' } },
    { e: 'request', n: 2, m: { type: 'echo', value: 1 } },
    { e: 'reply', n: 2, m: { type: 'echoed', value: 1 } },
    { e: 'closed' },
  ];
  const { code, stdout } = await played(events, {});
  expect(stdout).toMatch(
    /^"adds" .*\n {2}a step of the reply to \{"type":"fail"\}\n {4}recorded \{"type":"visited".*, now it fails: .*cannot divide by zero.*\ncarpool: 4 answers in 1 session, of which 3 are as they were recorded: 1 difference\n$/,
  );
  expect(code).toBe(1);
});

test('what was redacted is no difference, and what the rules of the config hide is shown nowhere', async () => {
  const events = [
    { ...open, hello: { carpool: 'hello', version: '[redacted]' } },
    { e: 'opened', id: 's9', opened: { carpool: 'opened', device: 'cpu', session: 's9' } },
    { e: 'request', n: 1, m: { type: 'echo', value: { password: 'letmein' } } },
    { e: 'reply', n: 1, m: { type: 'echoed', value: { password: 'letmein' } } },
    { e: 'closed' },
  ] satisfies Written[];
  const { code, stdout } = await played(events, {});
  expect(stdout).toBe('carpool: 3 answers in 1 session, all as they were recorded\n');
  expect(code).toBe(0);
});
