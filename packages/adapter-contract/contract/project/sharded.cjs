// What the tests of a run in shards do: a session, and what all shards share.
module.exports = { ...require('./bodies.cjs'), ...require('./sharing.cjs') };
