module.exports = { preset: '@carpool/jest', testTimeout: 20_000 };
