/** A renderer as one program, as PLUSHIE_BINARY_PATH wants it. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Subject } from '../conformance/subject.ts';

/** Writes a script that starts the renderer. @returns its path */
export function rendererScript(folder: string, { rendererPath, rendererArgs, env }: Subject): string {
  const path = join(folder, 'renderer.sh');
  const variables = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
  const command = [rendererPath, ...rendererArgs].map((word) => `'${word}'`);
  writeFileSync(path, `#!/bin/sh\nexec env ${[...variables, ...command].join(' ')} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}
