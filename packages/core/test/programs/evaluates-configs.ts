/** A process that evaluates a config, as often as it is asked: a path for each line, an answer in JSON for each. */
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { FreshModules } from '../../src/config/fresh-modules.ts';
import { importModule } from '../../src/config/import-module.ts';

let evaluations = 0;
for await (const path of createInterface({ input: process.stdin })) {
  const modules = new FreshModules(++evaluations);
  const module = await importModule(pathToFileURL(path).href, modules);
  // As the functions of a config are called: when it is evaluated.
  const { default: made } = module;
  const value: unknown = typeof made === 'function' ? made() : made;
  process.stdout.write(`${JSON.stringify({ value, files: modules.files })}\n`);
}
