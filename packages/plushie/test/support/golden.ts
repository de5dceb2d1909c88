/** Golden files without a renderer and without an adapter: the test is both. Each test has a folder of its own. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { currentTestSlot, type CurrentTest, type Goldens } from 'carpool/adapter/current-test';
import { afterEach, beforeEach, vi } from 'vitest';
import type { GoldenSession } from '../../src/golden.ts';
import type { ScreenshotResponse, StoredNode } from '../../src/messages.ts';

let current = '';
let notes: string[] = [];

beforeEach(() => {
  current = mkdtempSync(join(tmpdir(), 'cp-golden-'));
  vi.stubEnv('CI', '');
  notes = [];
  vi.spyOn(console, 'info').mockImplementation((text: string) => void notes.push(text));
});

afterEach(() => {
  currentTestSlot().currentTest = undefined;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(current, { recursive: true, force: true });
});

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
export const tree = (content: string): StoredNode => ({ children: [], id: 'a', props: { content }, type: 'text' });
export const hashOf = (content: string): string => sha256(JSON.stringify(tree(content)));

/** A session that shows a text, or what `picture` draws. */
export interface Shown {
  readonly text?: string;
  readonly picture?: Partial<ScreenshotResponse>;
  readonly mode?: string;
}

/** What it was asked. */
export const asked: string[] = [];

export function session({ text, picture, mode = 'headless' }: Shown): GoldenSession {
  const request = async (message: { readonly type: string }): Promise<unknown> => {
    asked.push(message.type);
    if (message.type === 'tree_hash') return { hash: text === undefined ? '' : hashOf(text) };
    if (message.type === 'query') return { data: text === undefined ? null : tree(text) };
    return picture;
  };
  return { hello: { mode }, request };
}

/** White, with this number of black pixels from the start. */
export function drawn(
  black: number,
  width = 10,
  height = 4,
): { width: number; height: number; rgba: Uint8Array; hash: string } {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let at = 0; at < black; at += 1) rgba.set([0, 0, 0, 255], at * 4);
  return { width, height, rgba, hash: sha256(rgba) };
}

/** As an adapter provides it. */
export function underRunner(goldens: Partial<Goldens> = {}): void {
  const file = folder('app.test.ts');
  const all: Goldens = { file, update: 'missing', accept: 'Runner with -u', ...goldens };
  currentTestSlot().currentTest = { file: {}, goldens: async () => all } as unknown as CurrentTest;
}

/** A path in the folder of this test. */
export function folder(...path: readonly string[]): string {
  return join(current, ...path);
}

/** What was written to the console. */
export function noted(): readonly string[] {
  return notes;
}

/** A path in the folder of the golden files of `underRunner`. */
export const at = (...path: readonly string[]): string => folder('__goldens__/app.test.ts', ...path);

export function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
