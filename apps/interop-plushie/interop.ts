/** All runs, one after another, and what they have given. */
import { differences, goldensOf } from './goldens.ts';
import { places, runs } from './plan.ts';
import { makeProject, say } from './project.ts';
import { CountedRenderer } from './renderer.ts';
import { runSuite, runUnitTests, type Finished } from './run.ts';
import { groupRows, summaryRows, type ByRun } from './rows.ts';
import { table } from './table.ts';
import { versionsOf } from './versions.ts';

export interface InteropOptions {
  readonly checkout: string;
  /** The path of plushie-renderer. */
  readonly renderer: string;
  /** For the copy, and everything else. */
  readonly folder: string;
}

/** @returns whether all has passed */
export async function interop({ checkout, renderer: path, folder }: InteropOptions): Promise<boolean> {
  const versions = await versionsOf(checkout, path);
  say(Object.values(versions).join('; '));
  const project = await makeProject(checkout, folder);
  const renderer = new CountedRenderer(path, folder);

  say('runs the unit tests');
  const unit = await runUnitTests(project);
  const byRun: ByRun = new Map(runs.map((run) => [run, []]));
  let goldens = goldensOf(project);
  for (const place of places) {
    for (const run of runs) {
      say(`runs ${run.title}: ${place}`);
      byRun.get(run)?.push(await runSuite({ project, renderer, place, run }));
    }
    if (place === 'own pool') goldens = goldensOf(project);
  }

  const changed = differences(goldens, goldensOf(project));
  const all: Finished[] = [unit, ...[...byRun.values()].flat()];
  const failures = all.flatMap((finished) => finished.failures);
  for (const { test, message } of failures) console.log(`\nFAILED ${test}\n${message}`);
  console.log(`\n${table(places, groupRows(byRun))}`);
  console.log(`\n${table(places, summaryRows(unit, byRun))}`);
  console.log(`\n${Object.values(versions).join('; ')}`);
  console.log(
    changed.length === 0
      ? `${goldens.size} hashes of trees and screenshots, written on the SDK's own pool, were the same on ours.`
      : `Other than on the SDK's own pool: ${changed.join(', ')}`,
  );
  return failures.length === 0 && changed.length === 0 && goldens.size > 0;
}
