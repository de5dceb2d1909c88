/** `@carpool/plushie/stand-in`: a renderer for machines that have none. */
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { PlushieOptions } from './plushie.ts';

/** The options that make a pool run the stand-in. */
export interface StandIn extends Required<Pick<PlushieOptions, 'rendererPath' | 'rendererArgs'>> {
  readonly mode: 'mock';
}

/**
 * Options for `plushie` that start the stand-in in place of plushie-renderer: for machines without the renderer, and for
 * tests of your own tools. It is a small Node program of this package; it speaks the protocol of plushie-renderer 0.7.1
 * in mock mode, in both formats, and passes the same conformance suite. It has no layout and draws nothing.
 *
 * @example
 * ```ts
 * import { plushie } from '@carpool/plushie';
 * import { standIn } from '@carpool/plushie/stand-in';
 * import { defineConfig } from 'carpool';
 *
 * export default defineConfig({ pools: { renderer: plushie({ ...standIn, maxSessions: 8 }) } });
 * ```
 */
export const standIn: StandIn = { mode: 'mock', rendererPath: execPath, rendererArgs: [program()] };

function program(): string {
  const file = import.meta.url.endsWith('.ts') ? '../stand-in/renderer.ts' : './stand-in-renderer.js';
  return fileURLToPath(new URL(file, import.meta.url));
}
