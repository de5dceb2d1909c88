/** A process that evaluates a config, as often as it is asked: a path for each line, an answer in JSON for each. */
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { FreshModules } from '../../src/config/fresh-modules.ts';
import { importModule } from '../../src/config/import-module.ts';

let evaluations = 0;
for await (const path of createInterface({ input: process.stdin })) {
  const modules = new FreshModules(++evaluations);
  const module = await importModule(pathToFileURL(path).href, modules);
  process.stdout.write(`${JSON.stringify({ value: module['default'], files: modules.files })}\n`);
}
