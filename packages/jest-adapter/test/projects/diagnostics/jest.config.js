module.exports = { preset: '@carpool/jest' };
