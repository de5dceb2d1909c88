const { withPools } = require('@carpool/jest');

require('./realm.js')(withPools);
