// TypeScript for Jest, in one line. Tests that are ES modules want `NODE_OPTIONS=--experimental-vm-modules`.
import { stripTypeScriptTypes } from 'node:module';

export default { process: (source) => ({ code: stripTypeScriptTypes(source) }) };
