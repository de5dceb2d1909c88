/** The code of the pages about Plushie, and of the README, laid out as a project, compiled and run. */
import { join } from 'node:path';
import { expectPagesRun } from '@carpool/test-harness/pages';
import type { Subject } from './conformance/subject.ts';
import { rendererScript } from './support/renderer-script.ts';

/** Runs the project of some pages with this renderer in PLUSHIE_BINARY_PATH. */
export async function expectGuideRuns(pages: readonly string[], tests: number, subject: Subject): Promise<void> {
  await expectPagesRun({
    folder: join(import.meta.dirname, '..'),
    pages,
    tests,
    summary: `renderer: 1 child, ${tests} session`,
    // In CI no golden file is written.
    prepare: (project) => ({ PLUSHIE_BINARY_PATH: rendererScript(project, subject), CI: '' }),
  });
}
