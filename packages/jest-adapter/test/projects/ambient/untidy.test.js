require('./observer.js');

test('is not to blame', () => {});
