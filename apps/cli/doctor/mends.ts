/** What to do where a part is out, by the short word of its Outage. */
const OF_OUTAGES: Readonly<Record<string, string>> = {
  AuthenticationFailed: 'set user and password right in its URL, or make that user in the database',
  Unauthorized: "give the ledger's user the roles that docs/operations.md names",
  'access-denied': "give the ledger's user its rights: ledger setup eventstoredb",
  busy: 'run the doctor again',
  'cannot-open': 'run the doctor as the user that the server runs as; see that the disk is there',
  certificate:
    'name the authority that signed its certificate (tlsCAFile), and the host as the certificate does',
  eacces: 'run the doctor as the user that the server runs as',
  eio: 'the disk reports errors: back up what can be read, and replace it',
  eperm: 'run the doctor as the user that the server runs as',
  io: 'the disk reports errors: back up what can be read, and replace it',
  'not-authenticated':
    'set user and password right in its URL: ledger setup eventstoredb makes them',
  'not-ready': 'wait until it has started, or elected a leader; the ledger goes on by itself',
  timeout: 'see whether it hangs, or the network on the way to it; the ledger goes on by itself',
  'wal-alone':
    'if it was put back from a backup, remove the -wal file beside it; if the machine was cut off, ' +
    'start the server, which plays it in',
};

const OF_OTHER_OUTAGES =
  'see that it runs and can be reached from here; the ledger goes on by itself when it answers';

/** What to do where something contradicts itself, by the code of its IntegrityError. */
const OF_CONTRADICTIONS: Readonly<Record<string, string>> = {
  'anchor-unreadable':
    'find out who changed the anchor and put right what was added; never put an older one back',
  'event-unreadable':
    'stop the ledger and put the newest backup of the log back, or find out who changed it',
  'format-foreign': "the file is another program's: put the ledger's own back",
  'format-newer': 'run the newest version of the ledger: what is stored was written by it',
  'kek-unreadable': 'put that file back from the backup of the secrets folder',
  'mongodb-standalone':
    'make it a replica set, also of one: replication.replSetName, rs.initiate()',
  'store-corrupt':
    'stop the ledger and put the newest backup back; views.db need only be removed, it is made anew',
  'stream-truncated':
    'take $maxCount, $maxAge and $tb from the stream; what was scavenged comes from a backup alone',
};

const OF_OTHER_CONTRADICTIONS =
  'nothing is skipped: stop the ledger, and find out what changed the store (docs/operations.md)';

export function mendOfOutage(reason: string): string {
  return OF_OUTAGES[reason] ?? OF_OTHER_OUTAGES;
}

export function mendOfContradiction(code: string): string {
  return OF_CONTRADICTIONS[code] ?? OF_OTHER_CONTRADICTIONS;
}
