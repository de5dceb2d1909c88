/** The cases of shared workers, of coordination and of plugins made for AVA, as cases.ts; for every kind of worker. */
import { expect } from 'vitest';
import type { Note } from '../project.ts';
import { expectPassed, named, type Case } from './cases.ts';
import { documented, documentedOfPlugins } from './documented.ts';

export const sharingCases: readonly Case[] = [
  {
    title: 'all files share one shared worker, which is ready before their tests',
    check({ outcome, project }) {
      const notes = ['shared-worker-a', 'shared-worker-b'].flatMap((file) => project.notes(file).slice(0, 1));
      expect(notes).toMatchObject([{ ready: true }, { ready: true }]);
      const [first, second] = notes;
      expect(first).toMatchObject({
        greeting: 'hello',
        protocol: 'ava-4',
        of: expect.stringMatching(/^file:.*worker-a\./),
      });
      expect(second).toMatchObject({ id: first?.id, of: expect.stringMatching(/^file:.*worker-b\./) });
      expect(second?.testWorker).not.toBe(first?.testWorker);
      expectPassed(outcome, 'it is there (a)', 'it is there (b)');
    },
  },
  {
    title: 'a shared worker of the config is a fixture of the same name',
    check({ outcome, project }) {
      const [note] = project.notes('shared-worker-by-name');
      expect(note).toMatchObject({ ready: true, id: expect.any(String) });
      expectPassed(outcome, 'has it as a fixture');
    },
  },
  {
    title: 'messages, replies to replies and broadcasts arrive as in AVA',
    check({ outcome, project }) {
      for (const letter of ['a', 'b']) {
        const notes = project.notes(`shared-worker-${letter}`);
        expect(notes.find(({ words, code }) => words !== undefined && code === undefined)).toMatchObject({
          words: 'who is there? Lucas who?',
        });
        const heard = (notes.find((note) => note['heard'] !== undefined)?.['heard'] ?? []) as string[];
        // The other file may broadcast too; a conversation reaches one test worker only.
        expect(heard.filter((word) => word !== 'some' && word !== 'all of it')).toEqual([]);
        expect(heard.slice(-2)).toEqual(['some', 'all of it']);
        expectPassed(outcome, `talks (${letter})`);
      }
    },
  },
  {
    title: 'a request without an answer fails at its deadline, and names the shared worker',
    check({ project }) {
      const note = project.notes('shared-worker-a').find(({ code }) => code !== undefined);
      expect(note).toMatchObject({
        code: 'REQUEST_TIMEOUT',
        words: expect.stringContaining('counter.worker.mjs'),
      });
    },
  },
  {
    title: 'the last messages of a file arrive, and its teardowns run before the worker ends',
    check({ project }) {
      const { shared, id } = sharedOf(project.notes('shared worker'), project.notes('shared-worker-a'));
      expect(shared.find(({ event }) => event === 'ends')).toMatchObject({ id, counted: 400 });
      const [joined, left] = ['joins', 'left'].map((event) => shared.filter((note) => note.event === event));
      expect(left?.map(({ testWorker }) => testWorker).toSorted()).toEqual(
        joined?.map(({ testWorker }) => testWorker).toSorted(),
      );
      expect(shared.at(-1)).toMatchObject({ event: 'ends' });
      expect(project.notes('teardown').length).toBeGreaterThanOrEqual(2);
    },
  },
  {
    title: 'a shared worker that crashes fails the calls that wait for it, with its error and its last output',
    check({ outcome }) {
      const { status, messages } = named(outcome, 'crashes it');
      expect(status).toBe('failed');
      expect(messages.join('\n')).toMatch(/crashing\.worker\.mjs[^]*crashes on purpose: now/);
      expect(messages.join('\n')).toContain('the last words of the worker');
    },
  },
  {
    title: 'a shared worker that cannot start fails the tests of the files that need it, and no others',
    check({ outcome }) {
      for (const which of ['first', 'second']) {
        const { status, messages } = named(outcome, `needs what is broken (${which})`);
        expect(status).toBe('failed');
        expect(messages.join('\n')).toContain('fails to start on purpose');
      }
      const failed = outcome.tests.filter(({ status }) => status === 'failed').map(({ title }) => title);
      expect(failed.toSorted()).toEqual([
        'crashes it',
        'needs what is broken (first)',
        'needs what is broken (second)',
        'waits for what is not released',
      ]);
    },
  },
  {
    title: 'a lock is held by one test at a time, across files and workers',
    check({ outcome, project }) {
      expectTurns(project.notes('turns'), 6);
      expectPassed(outcome, ...['a1', 'a2', 'a3', 'b1', 'b2', 'b3'].map((which) => `takes turns (${which})`));
    },
  },
  {
    title: 'a lease that a test does not release is free in the next test; errors say where it is held',
    check({ outcome, project }) {
      const [kept, next] = project.notes('kept-lease');
      expect(kept).toMatchObject({ held: [true, true, true], code: 'LEASE_TAKEN' });
      expect(kept?.words).toMatch(/held by this test itself since .*sharing\.cjs:\d+:\d+, for \d+ ms/);
      expect(next).toMatchObject({ held: [true, true, true] });
      expectPassed(outcome, 'releases nothing', 'takes what was not released');
    },
  },
  {
    title: 'a wait that would outlast its test fails and says where the lock is held, instead of a bare time-out',
    check({ outcome, project }) {
      expect(project.notes('waits-in-vain')).toMatchObject([{ code: 'LEASE_TIMEOUT' }]);
      const text = named(outcome, 'waits for what is not released').messages.join('\n');
      expect(text).toMatch(
        /Cannot acquire lock "vain": .*held by this test itself since .*sharing\.cjs:\d+:\d+, for \d+ ms/,
      );
    },
  },
  {
    title: 'a lease taken for a file is free when the file has ended',
    check({ outcome, project }) {
      expect(new Set(project.notes('files').map(({ of }) => of))).toEqual(new Set(['sharing-a', 'sharing-b']));
      expectPassed(outcome, 'takes a lock for its file (a)', 'takes a lock for its file (b)');
    },
  },
  {
    title: 'a value of `once` is computed by one test, for all tests',
    check({ project }) {
      const notes = project.notes('once');
      expect(notes.filter(({ event }) => event === 'computed')).toHaveLength(1);
      const got = notes.filter(({ event }) => event === 'got').map((note) => note['value']);
      expect(got).toEqual(Array.from({ length: 4 }, () => JSON.stringify({ answer: 42, at: new Date(7) })));
    },
  },
  {
    title: 'each port is leased to one test only',
    check({ project }) {
      const ports = project.notes('ports').flatMap((note) => note['ports'] as number[]);
      expect(new Set(ports).size).toBe(6);
    },
  },
  {
    title: 'shared workers behave as AVA documents them',
    check({ outcome, project }) {
      for (const title of Object.keys(documented)) expectPassed(outcome, `${title} (a)`, `${title} (b)`);
      const ids = project.notes('documented ids').flatMap((note) => note['ids'] as string[]);
      expect(new Set(ids).size).toBe(8);
      const teardowns = Map.groupBy(project.notes('documented teardown'), ({ by }) => by);
      expect(teardowns.size).toBeGreaterThan(0);
      for (const notes of teardowns.values()) {
        // Newest first, at the end of each file.
        expect(notes.map(({ event }) => event).join(' ')).toMatch(/^(?:second first ?)+$/);
      }
    },
  },
  {
    title: '@ava/cooperate and @ava/get-port behave as documented',
    check({ outcome }) {
      for (const title of Object.keys(documentedOfPlugins)) expectPassed(outcome, `${title} (a)`, `${title} (b)`);
    },
  },
  {
    title: '@ava/cooperate and @ava/get-port work unmodified',
    check({ outcome, project }) {
      expectTurns(project.notes('plugin turns'), 2);
      expect(project.notes('plugin errors')).toMatchObject(
        Array.from({ length: 2 }, () => ({
          ours: [true, true],
          names: ['LockAcquisitionError', 'SemaphoreDownError'],
        })),
      );
      const ports = project.notes('plugin ports').flatMap((note) => note['ports'] as number[]);
      expect(new Set(ports).size).toBe(4);
      const passed = ['takes turns', 'is refused', 'goes down and up', 'reserves', 'listens'];
      expectPassed(outcome, ...passed.flatMap((name) => ['a', 'b'].map((letter) => `plugin: ${name} (${letter})`)));
    },
  },
  {
    title: 'leases of such a plugin are free when the file has ended',
    check({ outcome, project }) {
      expect(new Set(project.notes('plugin keepers').map(({ of }) => of))).toEqual(new Set(['plugins-a', 'plugins-b']));
      const values = project.notes('plugin values');
      for (const { of, values: own } of values) expect(own).toContain(`only ${of}`);
      expectPassed(outcome, 'plugin: keeps a lock (a)', 'plugin: keeps a lock (b)');
      expect(outcome.left).toEqual([]);
    },
  },
];

/** Notes of the shared worker that was registered by its file. */
function sharedOf(
  all: readonly Note[],
  [met]: readonly Note[],
): { readonly shared: readonly Note[]; readonly id: unknown } {
  return { shared: all.filter(({ id }) => id === met?.id), id: met?.id };
}

/** No test enters before the previous one has left. */
function expectTurns(notes: readonly Note[], count: number): void {
  expect(notes.map(({ event }) => event)).toEqual(Array.from({ length: count }, () => ['enters', 'leaves']).flat());
  for (let at = 0; at < notes.length; at += 2) expect(notes[at]?.of).toBe(notes[at + 1]?.of);
}
