// The order of two tests in two processes: a file for each event.
const { existsSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const fileOf = (event) => join(__dirname, `${event}.event`);

exports.done = (event) => writeFileSync(fileOf(event), '');

exports.until = async (event) => {
  // Another process writes it, and sends no message about it. The time of the test bounds this.
  while (!existsSync(fileOf(event))) await pause(10);
};
