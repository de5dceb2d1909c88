/**
 * `@carpool/plushie/golden`: the tree or the picture of a session, compared with a golden file, in tests of any runner.
 *
 *   request ─▶ reply ─┬─ as in the golden file: done
 *                     └─ another, or no file: written, or a failure that shows the difference
 *
 * As an ES module and as CommonJS, which Jest evaluates. A test file pays for this file alone: the first assertion loads
 * the rest, and the first picture that is written or differs loads the PNG library.
 */
import type { CallOptions } from 'carpool';
import type { ScreenshotResponse, TreeHashResponse } from './messages.ts';
import type { GoldenCall } from './golden/call.ts';
import { problemIn } from './golden/check-options.ts';
import type { GoldenSession, ScreenshotOptions, TreeHashOptions } from './golden/options.ts';

export type {
  GoldenOptions,
  GoldenRequest,
  GoldenSession,
  ScreenshotOptions,
  TreeHashOptions,
} from './golden/options.ts';

/**
 * Compares the hash of the session's tree with the golden file `NAME.MODE.sha256`. Beside it stands the tree, in
 * `NAME.MODE.tree.json`, so that a failure can say what has changed; the hash decides.
 *
 * A file that is missing is written where the runner would write a snapshot. One that differs is written anew with `-u` of
 * the runner, or with the environment variable `PLUSHIE_UPDATE_SNAPSHOTS=1`.
 * @param name of the golden file; it may have folders: `form/empty`
 * @throws CarpoolError GOLDEN_MISMATCH; GOLDEN_MISSING in CI; GOLDEN_INVALID if there is no tree, or if the name or the
 * place of the file cannot be used; and as `session.request`
 * @example
 * await assertTreeHash(renderer, 'empty');
 */
export async function assertTreeHash(
  session: GoldenSession,
  name: string,
  options: TreeHashOptions = {},
): Promise<void> {
  const site = { stack: '' };
  Error.captureStackTrace(site, assertTreeHash);
  const call = { session, name, options, site };
  const refused = checked('tree', call);
  if (refused !== undefined) await refused;
  const reply = session.request({ type: 'tree_hash', name }, callOptions(options));
  const [{ compareTreeHash }, found] = await Promise.all([import('./golden/tree-hash.ts'), reply]);
  await compareTreeHash(call, found as TreeHashResponse);
}

/**
 * Compares a picture of the session's tree with the golden file `NAME.MODE.png`, pixel by pixel. The pool must run in
 * `headless` mode.
 *
 * A file that is missing is written where the runner would write a snapshot. One that differs is written anew with `-u` of
 * the runner, or with the environment variable `PLUSHIE_UPDATE_SCREENSHOTS=1`. A failure leaves the expected picture, the
 * actual one and the difference as PNG files, which it names and adds to the report of the runner where that has
 * attachments.
 * @param name of the golden file; it may have folders: `form/empty`
 * @throws CarpoolError GOLDEN_MISMATCH; GOLDEN_MISSING in CI; GOLDEN_INVALID if the renderer draws nothing, or if the name
 * or the place of the file cannot be used; and as `session.request`
 * @example
 * await assertScreenshot(renderer, 'empty', { width: 400, height: 300 });
 */
export async function assertScreenshot(
  session: GoldenSession,
  name: string,
  options: ScreenshotOptions = {},
): Promise<void> {
  const site = { stack: '' };
  Error.captureStackTrace(site, assertScreenshot);
  const call = { session, name, options, site };
  const refused = checked('screenshot', call);
  if (refused !== undefined) await refused;
  const { width, height } = options;
  const size = { ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) };
  const reply = session.request({ type: 'screenshot', name, ...size }, callOptions(options));
  const [{ compareScreenshot }, shot] = await Promise.all([import('./golden/screenshot.ts'), reply]);
  await compareScreenshot(call, shot as ScreenshotResponse);
}

/** @throws CarpoolError GOLDEN_INVALID */
function checked(what: 'tree' | 'screenshot', call: GoldenCall): Promise<void> | undefined {
  const problem = problemIn(what, call.name, call.options);
  if (problem === undefined) return undefined;
  return import('./golden/call.ts').then(({ invalid }) => {
    throw invalid(call, { what }, problem);
  });
}

function callOptions({ timeout, signal }: CallOptions): CallOptions {
  return { ...(timeout === undefined ? {} : { timeout }), ...(signal === undefined ? {} : { signal }) };
}
