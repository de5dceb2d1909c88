/** A message that is remembered for errors: itself, or its size if it is large, so that nothing holds on to megabytes. */
import { areMessagesKept, areShownWhole } from '../base/evidence-option.ts';
import type { Frame } from '../codec/frame.ts';

const keptBytes = 16 * 1024;

export type KeptFrame = Frame | number;
export type Direction = 'in' | 'out';

/** `length`: bytes of it on the way, which is known without encoding it again. */
export function keptFrame(frame: Frame, length: number): KeptFrame {
  return length > keptBytes ? length : frame;
}

/** The same of one that is remembered for evidence alone: where that is turned off, its size. */
export function recordedFrame(frame: Frame, length: number): KeptFrame {
  return areMessagesKept() ? keptFrame(frame, length) : length;
}

export function describeKept(kept: KeptFrame): string {
  return typeof kept === 'number' ? `<${kept} bytes>` : kept.toString();
}

/** A message on a line of evidence of its own. */
export function showKept(kept: KeptFrame): string {
  return areShownWhole() && typeof kept !== 'number' ? kept.describe(Infinity) : describeKept(kept);
}

/** How a line of evidence begins. */
export function arrow(direction: Direction): string {
  return direction === 'out' ? '→ ' : '← ';
}
