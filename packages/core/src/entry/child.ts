/**
 * `carpool/child`: for a process that holds many sessions, written in JavaScript. Import it before anything that prints:
 * from then on stdout carries messages alone, and what is printed goes to stderr. docs/write-a-process.md shows how.
 */
export { serve } from '../child/serve.ts';
export type { ChildCall, ChildFault, ChildMessage, ChildReply, ChildSession, ServeOptions } from '../child/types.ts';
