/** Owners of what is held: test ⊂ file ⊂ worker. Both sides of the wire refuse what an owner wants after its end. */
import { CarpoolError } from '../base/errors.ts';

/** Names from the outside in: `[file, test]`, `[file]`, or `[]` for the worker. The run owns all workers. */
export type OwnerPath = readonly string[];

/** "the worker", "the file", "the test". */
export function describeOwner(path: OwnerPath): string {
  return ['the worker', 'the file'][path.length] ?? 'the test';
}

/** True for an owner itself, and for those inside it. */
export function isUnder(path: OwnerPath, owner: OwnerPath): boolean {
  return owner.every((name, at) => path[at] === name);
}

/** Why what an owner held has ended, as the end of a sentence. */
export function endReason(owner: OwnerPath): string {
  return `because its ${describeOwner(owner).slice(4)} has ended`;
}

/** What is wrong with its sessions fails the test, and did not come in time. @param timeout milliseconds that its end had */
export function lateOwnerEndError(path: OwnerPath, timeout: number): CarpoolError {
  const message = `Cannot end ${describeOwner(path)}: its sessions have not ended within ${Math.round(timeout)} ms, so what is to fail it, as \`leaks\` or \`diagnostics\` of their pools is 'fail', is not known. Those of different servers end one after the other: lower \`closeTimeout\` of its pools`;
  return new CarpoolError('REQUEST_TIMEOUT', message, { context: { timeout }, site: { stack: '' } });
}

/**
 * @param call what was tried: "register a session"
 * @param owner what has ended: "the test", or a name in quotes with ", which would own it," behind
 */
export function ownerEndedError(code: 'SESSION_CLOSED' | 'LEASE_LOST', call: string, owner: string): CarpoolError {
  return new CarpoolError(code, `Cannot ${call}: ${owner} has ended`);
}
