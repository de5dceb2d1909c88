module.exports = { preset: '@carpool/jest', testTimeout: 1000 };
