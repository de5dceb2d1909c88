/** What is wrong with the arguments of an assertion. Pure, and without imports: it runs before the first request. */
import type { ScreenshotOptions } from './options.ts';

const ofAll = ['file', 'folder', 'mode', 'platform', 'timeout', 'signal'];
const ofScreenshots = ['width', 'height', 'threshold', 'maxDifferentPixels'];

/** The renderer's limit. */
const largest = 16_384;

/** Half a sentence; undefined: nothing is wrong. */
export function problemIn(what: 'tree' | 'screenshot', name: unknown, options: ScreenshotOptions): string | undefined {
  if (typeof name !== 'string') return 'its name must be a text';
  const known = what === 'tree' ? ofAll : [...ofAll, ...ofScreenshots];
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown !== undefined) return `there is no option \`${unknown}\`; there are ${known.join(', ')}`;
  const { width, height, threshold, maxDifferentPixels, folder } = options;
  if (folder === '') return '`folder` is empty';
  if (!isWhole(width, 1, largest)) return `\`width\` must be a whole number from 1 to ${largest}`;
  if (!isWhole(height, 1, largest)) return `\`height\` must be a whole number from 1 to ${largest}`;
  if (!isWhole(maxDifferentPixels, 0, Infinity)) return '`maxDifferentPixels` must be a whole number, 0 or more';
  if (threshold !== undefined && !(typeof threshold === 'number' && threshold >= 0 && threshold < 1))
    return '`threshold` must be a number from 0 to below 1, at which every picture would pass';
  return undefined;
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return value === undefined || (Number.isInteger(value) && (value as number) >= least && (value as number) <= most);
}
