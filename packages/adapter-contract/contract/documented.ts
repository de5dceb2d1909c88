/** What the documentation of AVA and of two of its plugins says, and the body that tests it. */

/** What AVA's documentation of shared workers says → the body that tests it. */
export const documented: Readonly<Record<string, string>> = {
  'a worker is registered once for each file name; another hash is another worker': 'registersOnce',
  'it has the data of its first registration, and knows its test workers': 'knowsItsData',
  'unknown protocols are refused': 'refusesProtocols',
  'before it is available nothing can be published': 'waitsForTheWorker',
  'every message has an id of its own': 'numbersItsMessages',
  'a broadcast can be answered': 'answersABroadcast',
  'it can speak to one test worker alone': 'isSpokenToAlone',
  'it can listen to one test worker alone': 'isListenedToAlone',
  'a subscription made while one message is handled gets the next one': 'canSubscribeBetweenTwo',
  'a teardown can be called by hand, and runs once': 'tearsDownByHand',
  'values are cloned unchanged': 'carriesValues',
};

/** What the documentation of the two plugins says. */
export const documentedOfPlugins: Readonly<Record<string, string>> = {
  'a lock that is taken is an error with its id': 'lockErrors',
  'values are reserved once, of three kinds': 'reservesOnce',
  'a semaphore takes weights, also none, and gives back in parts': 'weighs',
  'a large request that waits holds up those behind it, but not an immediate one': 'keepsItsOrder',
  'semaphores of one id are of one size and kind': 'refusesOtherSizes',
  'a port is looked for with the options of listen': 'listensOnAHost',
};
