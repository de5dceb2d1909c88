/** @jest-environment @carpool/jest/environment-jsdom */
const { withPools } = require('@carpool/jest');

test('this is jsdom', () => expect(document.body).toBeDefined());

require('./realm.js')(withPools);
