/** The renderers that the conformance suite runs against, and what its parts share. */
import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPool, type Pool, type Session } from 'carpool';
import {
  plushie,
  type PlushieEvent,
  type PlushieMessages,
  type PlushieOptions,
  type StoredNode,
} from '../../src/index.ts';
import { standIn as standInOptions } from '../../src/stand-in.ts';
import { closing, place } from '../support/place.ts';

export type PlushieSession = Session<PlushieMessages>;

export interface Subject {
  readonly name: string;
  readonly mode: NonNullable<PlushieOptions['mode']>;
  readonly format: 'msgpack' | 'json';
  readonly rendererPath: string;
  readonly rendererArgs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Every test starts the stand-in. With its compiled code cached here it starts twice as fast. */
const standInCache = fileURLToPath(new URL('../../../../.tmp/stand-in-cache', import.meta.url));

export function standIn(format: Subject['format']): Subject {
  return {
    name: `stand-in, mock, ${format}`,
    ...standInOptions,
    format,
    env: { NODE_COMPILE_CACHE: standInCache },
  };
}

/** The path comes from CARPOOL_RENDERER. Without it the suite fails: a skipped suite proves nothing. */
export function real(mode: Subject['mode'], format: Subject['format']): Subject {
  return {
    name: `plushie-renderer, ${mode}, ${format}`,
    mode,
    format,
    rendererPath: realPath(),
    rendererArgs: [],
    env: {},
  };
}

function realPath(): string {
  const path = process.env['CARPOOL_RENDERER'] ?? '';
  const get = 'CARPOOL_RENDERER=$(node scripts/install-renderer.mjs | tail -n 1)';
  if (!isAbsolute(path)) {
    throw new Error(`CARPOOL_RENDERER is ${JSON.stringify(path)} and must be the path of plushie-renderer: ${get}`);
  }
  accessSync(path, constants.X_OK);
  return path;
}

/** A pool for this test. It is closed after the test, which fails if a process is left. */
export function pool(subject: Subject, options: PlushieOptions = {}): Pool<PlushieMessages> {
  return closing(createPool({ name: 'renderer', ...plushie(subjectOptions(subject, options)) }));
}

/** Plain data, so that it can go to the config in the host process too. */
export function subjectOptions(subject: Subject, options: PlushieOptions = {}): PlushieOptions {
  const { name: _, env, ...renderer } = subject;
  return { ...renderer, stopTimeout: 1_000, env: { ...env, TMPDIR: place().path }, ...options };
}

/** The tree of most tests, as the renderer stores it. Tab goes to `inc`, then to `name`, then to `ok`. */
export function tree(count = 0): StoredNode {
  return {
    id: 'w',
    type: 'window',
    props: { title: 'T' },
    children: [
      {
        id: 'col',
        type: 'column',
        props: {},
        children: [
          leaf('label', 'text', { content: `Count: ${count}` }),
          leaf('inc', 'button', { label: '+' }),
          leaf('name', 'text_input', { value: '', placeholder: 'Name', on_submit: true }),
          leaf('ok', 'checkbox', { label: 'OK', checked: false }),
        ],
      },
    ],
  };
}

function leaf(id: string, type: string, props: StoredNode['props']): StoredNode {
  return { id, type, props, children: [] };
}

export async function registerWith(renderers: Pool<PlushieMessages>, shown: StoredNode): Promise<PlushieSession> {
  const session = await renderers.register();
  session.send({ type: 'snapshot', tree: shown });
  return session;
}

/** Moves the focus by this number of widgets. */
export async function pressTab(session: PlushieSession, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await session.interact({ type: 'interact', action: 'press', payload: { key: 'Tab' } });
  }
}

export async function treeOf(session: PlushieSession): Promise<StoredNode | null> {
  return (await session.request({ type: 'query', target: 'tree' })).data;
}

export async function hashOf(session: PlushieSession): Promise<string> {
  return (await session.request({ type: 'tree_hash', name: 'h' })).hash;
}

/** An event without the fields that every event has. */
export function gist({ family, id, ...rest }: PlushieEvent): Pick<PlushieEvent, 'family' | 'id'> & { value?: unknown } {
  return 'value' in rest ? { family, id, value: rest.value } : { family, id };
}
