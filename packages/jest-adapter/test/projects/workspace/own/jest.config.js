module.exports = { displayName: 'own', preset: '@carpool/jest' };
