// TypeScript to CommonJS, as far as the guide needs it.
import { stripTypeScriptTypes } from 'node:module';

const importing = /^import (\{[^}]*\}) from ('[^']*');$/gm;

export default {
  process: (source) => ({ code: stripTypeScriptTypes(source).replaceAll(importing, 'const $1 = require($2);') }),
};
