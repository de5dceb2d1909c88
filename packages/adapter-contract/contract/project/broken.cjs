// A module that needs its shared worker.
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { registerSharedWorker } = require('carpool/shared-worker');

registerSharedWorker({ filename: pathToFileURL(join(__dirname, 'broken.worker.mjs')) });

module.exports = { pass() {} };
