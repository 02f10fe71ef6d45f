// Loaded before suites that are run a second time, with the stores of their ledgers on servers.
process.env.ENGINES = 'servers';
