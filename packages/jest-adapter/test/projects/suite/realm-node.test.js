const { createTest } = require('@carpool/jest');

require('./realm.js')(createTest);
