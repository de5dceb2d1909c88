const { withCarpool } = require('@carpool/jest/environment');
const { TestEnvironment } = require('jest-environment-node');

class Base extends TestEnvironment {
  async handleTestEvent(event) {
    (this.global.below ??= []).push(event.name);
  }
}

module.exports = class extends withCarpool(Base) {
  async setup() {
    await super.setup();
    this.global.mine = 'mine';
  }

  async handleTestEvent(event, state) {
    await super.handleTestEvent(event, state);
    (this.global.above ??= []).push(event.name);
  }
};
