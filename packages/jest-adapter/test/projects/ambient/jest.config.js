module.exports = { preset: '@carpool/jest', testTimeout: 300 };
