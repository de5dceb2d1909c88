/**
 * Runs the work on a picture in a thread. Jest evaluates what tests import in a realm of theirs, in which each use of a
 * global costs so much that a picture of 1024 × 768 takes seconds (seen: 5 s to write, 12 s to compare); a thread has a realm
 * of its own. It takes some 50 ms to start, and is asked only about a picture that is new or differs.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { PictureResult, PictureTask } from './picture-work.ts';

export async function runPictureWork(task: PictureTask): Promise<PictureResult> {
  const here = import.meta.url;
  if (here.endsWith('.ts')) {
    // In the sources: a specifier that the bundler does not follow.
    const { pictureWork } = (await import(new URL('picture-work.ts', here).href)) as typeof import('./picture-work.ts');
    return pictureWork(task);
  }
  const thread = new Worker(fileURLToPath(new URL('golden-pictures.js', here)), { workerData: task });
  return await new Promise<PictureResult>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`The thread that compares pictures ended with ${code}`)));
  });
}
