require('./observer.cjs');

test('is not to blame', () => {});
