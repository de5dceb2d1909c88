/** `carpool/plushie`: the dialect of plushie-renderer. */
export { plushie, type PlushieOptions } from '../dialects/plushie/plushie.ts';
export type * from '../dialects/plushie/messages.ts';
