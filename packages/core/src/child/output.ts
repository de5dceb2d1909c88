/**
 * Stdout for messages alone. It is taken over when this module is evaluated, not when `serve` is called: what prints most
 * is the set-up before that. What a program that this process starts writes to an inherited descriptor 1 is out of reach.
 */
const { stdout, stderr } = process;
const writeBytes = stdout.write.bind(stdout);
stdout.write = stderr.write.bind(stderr);
// The reader is gone, and with it the reason to live.
stdout.on('error', () => process.exit(1));

/** Writes the parts of one frame. */
export function writeFrame(parts: readonly Uint8Array[]): void {
  stdout.cork();
  for (const part of parts) if (part.length > 0) writeBytes(part);
  stdout.uncork();
}

/** Resolves when all frames are with the system. */
export async function written(): Promise<void> {
  await new Promise<void>((resolve) => writeBytes('', () => resolve()));
}

/** A line for people. */
export function complain(what: string, thrown: unknown): void {
  const shown = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  stderr.write(`${what}: ${shown}\n`);
}
