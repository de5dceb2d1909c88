// A module that receives no fixtures.
const { register } = require('@carpool/jest');

module.exports = { another: () => register('echo') };
