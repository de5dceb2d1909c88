module.exports = { displayName: 'two', preset: '@carpool/jest' };
