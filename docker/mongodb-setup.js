// Makes a replica set of MongoDB's members, and the ledger's users in it. May run again at any time:
// users get the passwords and roles that are named now, and a set that is there stays as it is.
//
//   MONGODB_MEMBERS         host:port of each member, with spaces between
//   MONGODB_FIRST           one of them as it is seen from here, on the loopback interface of its own
//                           machine: MongoDB lets only such a caller make the first user
//   MONGODB_ADMIN_PASSWORD  of `admin`, which is made first, for operators
//   MONGODB_URL, VAULT_URL, ANCHOR_URL   what the ledger is given: their users and databases are made
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

import { MongoClient, MongoServerError } from 'mongodb';

const SET = 'rs0';
const PATIENCE_MILLIS = 60_000;
const POLL_MILLIS = 200;

/** With MongoDB's own settings a killed primary costs 12 s, with these 3 s. */
const ELECTIONS = {
  electionTimeoutMillis: 2_000,
  heartbeatTimeoutSecs: 2,
  heartbeatIntervalMillis: 500,
};

const AUTHENTICATION_FAILED = 18;
const ALREADY_INITIALIZED = 23;
const USER_EXISTS = 51_003;

const members = required('MONGODB_MEMBERS').split(' ');
const password = required('MONGODB_ADMIN_PASSWORD');
const alone = directly(process.env.MONGODB_FIRST ?? '127.0.0.1:27017');

if (!(await knowsAdmin())) await connected(alone, {}, begin);
const whole = `mongodb://${members.join()}/?replicaSet=${SET}`;
await connected(whole, { auth: { username: 'admin', password } }, async (admin) => {
  for (const name of ['MONGODB_URL', 'VAULT_URL', 'ANCHOR_URL']) {
    if (process.env[name] !== undefined) await makeUser(admin, userOf(name));
  }
});
console.log('MongoDB: set up');

/** Whether the first user is there, which is made last of what only the first start does. */
async function knowsAdmin() {
  try {
    const auth = { username: 'admin', password };
    await connected(alone, { auth }, ping);
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === AUTHENTICATION_FAILED) return false;
    throw error;
  }
}

/** @param {import('mongodb').Admin} admin */
async function begin(admin) {
  // It refuses to begin without all of them.
  await Promise.all(members.map((host) => connected(directly(host), {}, ping)));
  const config = {
    _id: SET,
    members: members.map((host, _id) => ({ _id, host })),
    settings: ELECTIONS,
  };
  await unless(ALREADY_INITIALIZED, admin.command({ replSetInitiate: config }));
  const until = performance.now() + PATIENCE_MILLIS;
  while (!(await admin.command({ hello: 1 })).isWritablePrimary) {
    if (performance.now() > until) throw new Error(`${members[0]} does not become the primary`);
    await pause(POLL_MILLIS);
  }
  const roles = [{ role: 'root', db: 'admin' }];
  await admin.command({ createUser: 'admin', pwd: password, roles });
  console.log(`MongoDB: replica set of ${members.length}, user admin`);
}

/** Who a URL signs in, with what docs/operations.md asks for them. @param {string} variable */
function userOf(variable) {
  const { credentials, dbName: db } = optionsOf(variable);
  const roles = [
    { role: 'readWrite', db },
    { role: 'dbAdmin', db },
    // For `ledger doctor`.
    { role: 'clusterMonitor', db: 'admin' },
  ];
  return { name: credentials?.username, pwd: credentials?.password, roles };
}

/** Quotes nothing: the URL holds a password. @param {string} variable */
function optionsOf(variable) {
  try {
    return new MongoClient(required(variable)).options;
  } catch {
    throw new Error(`${variable} is not a URL of MongoDB`);
  }
}

/** @param {import('mongodb').Admin} admin @param {ReturnType<typeof userOf>} user */
async function makeUser(admin, { name, pwd, roles }) {
  const isNew = await unless(USER_EXISTS, admin.command({ createUser: name, pwd, roles }));
  if (!isNew) await admin.command({ updateUser: name, pwd, roles });
  console.log(`MongoDB: user ${name}`);
}

/** Whether it was done now: false where the server says by `code` that it had been done before. */
async function unless(code, work) {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === code) return false;
    throw error;
  }
}

/** @param {string} host */
function directly(host) {
  return `mongodb://${host}/?directConnection=true`;
}

/** @param {import('mongodb').Admin} admin */
function ping(admin) {
  return admin.command({ ping: 1 });
}

/**
 * @param {string} url
 * @param {import('mongodb').MongoClientOptions} options
 * @param {(admin: import('mongodb').Admin) => Promise<unknown>} work
 */
async function connected(url, options, work) {
  const client = new MongoClient(url, { ...options, serverSelectionTimeoutMS: PATIENCE_MILLIS });
  try {
    await work(client.db('admin').admin());
  } finally {
    await client.close();
  }
}

/** @param {string} name */
function required(name) {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}
