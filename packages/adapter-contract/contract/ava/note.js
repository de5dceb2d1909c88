// What a test or a shared worker has seen: the same under AVA and under each runner.
import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const log = fileURLToPath(new URL('log.jsonl', import.meta.url));

export const note = (seen) => appendFileSync(log, `${JSON.stringify(seen)}\n`);
export const nameOf = (url) => basename(fileURLToPath(url)).split('.')[0];
export const worker = (name) => ({ filename: new URL(name, import.meta.url), supportedProtocols: ['ava-4'] });
