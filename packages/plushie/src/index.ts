/** `@carpool/plushie`: the dialect of plushie-renderer, and the types of its messages. */
export { plushie, type PlushieOptions } from './plushie.ts';
export type * from './messages.ts';
