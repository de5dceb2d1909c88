/** What a child has printed between its messages, and is passed over. */
import { describeBytes } from '../codec/evidence.ts';
import type { Frame } from '../codec/frame.ts';
import { gluedIn, type Glued } from '../session/glued.ts';
import type { Strays } from '../session/strays.ts';
import { shownOfLine } from './child-end.ts';
import type { PoolFaults } from './faults.ts';

/** @returns what may be a message in it, for want of a newline */
export function takeStray(frame: Frame, strays: Strays, faults: PoolFaults): Glued | undefined {
  const line = describeBytes(frame.bytes, shownOfLine);
  const glued = gluedIn(frame);
  strays.addText(line, glued?.hint);
  faults.strayLine(line, glued?.hint);
  return glued;
}
