// A preload that prints, as tracers and polyfills do: to the stdout of a host.
if (process.argv[1]?.includes('host-main')) console.log('printed by a preload');
