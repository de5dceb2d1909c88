/** The contract laid out for one runner. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fixtures, Project as FixtureProject } from '@carpool/test-harness';
import type { FileSpec } from './contract/files.ts';
import type { Runner } from './runners/runner.ts';

/** What a body saw: see contract/project/bodies.cjs. */
export interface Note {
  readonly file: string;
  readonly id: string;
  readonly found?: string;
  readonly pid?: number;
  readonly sessions?: readonly string[];
  readonly ended?: string;
  readonly late?: string;
  readonly code?: string;
  readonly words?: string;
  readonly by?: string;
  readonly event?: string;
  readonly of?: string;
  readonly testWorker?: string;
  readonly [other: string]: unknown;
}

const template = join(import.meta.dirname, 'contract/project');
/** Milliseconds until missing notes are an error. */
const timeout = 120_000;

export class Project extends FixtureProject {
  constructor(runner: Runner, files: readonly FileSpec[]) {
    super(runner, runner.name.split(' ')[0]?.toLowerCase() ?? '', [fixtures, template]);
    this.write('package.json', '{ "private": true }\n');
    for (const [file, text] of [...Object.entries(runner.files), ...files.map((spec) => runner.render(spec))]) {
      this.write(file, text);
    }
  }

  notes(file: string): Note[] {
    return this.readLines<Note>('log.jsonl').filter((note) => note.file === file);
  }

  /** Resolves when there is this number of notes. */
  async noted(file: string, count: number): Promise<Note[]> {
    const deadline = performance.now() + timeout;
    // Processes of the runner write them, and send no message about it.
    while (this.notes(file).length < count) {
      if (performance.now() > deadline) throw new Error(`There are not ${count} notes of ${file}`);
      await pause(20);
    }
    return this.notes(file);
  }
}
