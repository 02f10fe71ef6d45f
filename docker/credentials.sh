#!/usr/bin/env bash
# Makes what the containers of a project need to know each other by, before all of them, and hands
# each user its part: random passwords, the key of MongoDB's members, and, where EVENTSTOREDB_NODES
# are named, a certificate authority and their certificates. May run again at any time: what is there
# stays, and a certificate with fewer than $RENEW_DAYS (90) days left is made anew.
#
#   $AUTHORITY    for this job alone: the authority's key, and every password
#   $CREDENTIALS  read-only in the other containers; each file belongs to the user that may read it
#
# Runs as root with no capability but CHOWN, in an image that has bash and openssl.
set -euo pipefail
umask 077

: "${AUTHORITY:?}" "${CREDENTIALS:?}" "${MONGODB_MEMBERS:?}"
nodes=${EVENTSTOREDB_NODES:-}

# Who reads what, by the user ids of the images.
ledger=10001
setup=10002
eventstoredb=1000
mongodb=999

authority_days=3650
node_days=730
renew_seconds=$((${RENEW_DAYS:-90} * 24 * 60 * 60))

# put PATH OWNER MODE: standard input becomes that file, whole or not at all. The folders belong to
# root, so that a file of another's can be replaced without any further capability.
put() {
  local path=$CREDENTIALS/$1 owner=$2 mode=$3
  install -d -m 0755 "$(dirname "$path")"
  cat >"$path.new"
  chmod "$mode" "$path.new"
  chown "$owner:$owner" "$path.new"
  mv -f "$path.new" "$path"
}

# secret NAME COMMAND...: what COMMAND gave the first time.
secret() {
  local path=$AUTHORITY/$1
  shift
  if [ ! -s "$path" ]; then
    "$@" >"$path.new"
    mv "$path.new" "$path"
  fi
  cat "$path"
}

password() {
  secret "$1.password" openssl rand -hex 24
}

# mongodb_url USER DATABASE
mongodb_url() {
  local hosts=''
  for member in $MONGODB_MEMBERS; do hosts=$hosts,$member; done
  printf 'mongodb://%s:%s@%s/%s?replicaSet=rs0&authSource=admin' \
    "$1" "$(password "$1")" "${hosts#,}" "$2"
}

mongodb_urls() {
  echo "MONGODB_URL=$(mongodb_url ledger-views privacy-ledger-views)"
  echo "VAULT_URL=$(mongodb_url ledger-vault privacy-ledger-vault)"
  if [ "${ANCHOR_IN_MONGODB:-false}" = true ]; then
    echo "ANCHOR_URL=$(mongodb_url ledger-anchor privacy-ledger-anchor)"
  fi
}

# eventstoredb_url USER
eventstoredb_url() {
  local hosts=''
  for node in $nodes; do hosts=$hosts,$node:2113; done
  printf 'esdb://%s:%s@%s?tls=true&tlsCAFile=%s' \
    "$1" "$(password "eventstoredb-$1")" "${hosts#,}" /run/credentials/eventstoredb/ca/ca.crt
}

# The shape of key that EventStoreDB's own tool writes, which all of its versions read.
rsa_key() {
  openssl genrsa -traditional 2048 2>/dev/null
}

authority_certificate() {
  openssl req -x509 -new -sha256 -key "$AUTHORITY/ca.key" -days "$authority_days" \
    -subj "/O=Privacy Ledger/CN=Privacy Ledger authority $(openssl rand -hex 4)" \
    -addext 'keyUsage=critical,keyCertSign,cRLSign'
}

# node_certificate NODE: nodes tell each other by this common name, and are client and server.
node_certificate() {
  openssl req -new -sha256 -key "$AUTHORITY/$1.key" -subj '/CN=eventstoredb-node' |
    openssl x509 -req -sha256 -days "$node_days" -set_serial "0x$(openssl rand -hex 16)" \
      -CA "$AUTHORITY/ca.crt" -CAkey "$AUTHORITY/ca.key" -extfile <(
        echo 'basicConstraints=critical,CA:FALSE'
        echo 'keyUsage=critical,digitalSignature,keyEncipherment'
        echo 'extendedKeyUsage=serverAuth,clientAuth'
        echo 'subjectKeyIdentifier=hash'
        echo 'authorityKeyIdentifier=keyid'
        echo "subjectAltName=DNS:$1,DNS:localhost,IP:127.0.0.1"
      ) 2>/dev/null
}

node_credentials() {
  local node=$1 certificate=$AUTHORITY/$1.crt
  if [ -s "$certificate" ] && ! openssl x509 -checkend "$renew_seconds" -noout -in "$certificate" >/dev/null; then
    rm "$certificate"
    echo "$node: its certificate is made anew; restart it"
  fi
  secret "$node.key" rsa_key | put "eventstoredb/$node/node.key" "$eventstoredb" 0400
  secret "$node.crt" node_certificate "$node" | put "eventstoredb/$node/node.crt" "$eventstoredb" 0444
}

install -d -m 0700 "$AUTHORITY"
install -d -m 0755 "$CREDENTIALS"

# Here, where a failure ends the script: within other words it would not.
for user in mongodb-admin ledger-views ledger-vault ledger-anchor \
  eventstoredb-ledger eventstoredb-admin eventstoredb-ops; do
  password "$user" >/dev/null
done

settings=$(mongodb_urls)
admin="MONGODB_ADMIN_PASSWORD=$(password mongodb-admin)"
printf '%s\n%s\n' "$settings" "$admin" | put mongodb-setup.env "$setup" 0400
secret mongodb.key openssl rand -base64 756 | put mongodb/key "$mongodb" 0400

if [ -n "$nodes" ]; then
  secret ca.key rsa_key >/dev/null
  secret ca.crt authority_certificate | put eventstoredb/ca/ca.crt "$eventstoredb" 0444
  for node in $nodes; do node_credentials "$node"; done
  # EventStoreDB takes the first passwords of its own users from its environment alone.
  put eventstoredb/first-passwords.env "$eventstoredb" 0400 <<EOF
EVENTSTORE_DEFAULT_ADMIN_PASSWORD=$(password eventstoredb-admin)
EVENTSTORE_DEFAULT_OPS_PASSWORD=$(password eventstoredb-ops)
EOF
  settings="$settings
EVENTSTOREDB_URL=$(eventstoredb_url ledger)"
  put eventstoredb-setup.env "$setup" 0400 <<EOF
EVENTSTOREDB_URL=$(eventstoredb_url ledger)
EVENTSTOREDB_ADMIN_URL=$(eventstoredb_url admin)
EOF
fi

put ledger.env "$ledger" 0400 <<<"$settings"
echo 'credentials: all there'
