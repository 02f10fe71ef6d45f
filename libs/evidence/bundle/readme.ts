/** What lies beside the evidence for whoever opens the folder. */
export const README = `TODISTEKOKONAISUUS · BEVISPAKET · EVIDENCE BUNDLE

SUOMEKSI
Avaa verify.html selaimessa ja valitse tämä kansio tai sen zip-tiedosto. Verkkoa ei tarvita, eikä mitään
lähetetä minnekään. Sama komentoriviltä (Node 20.19 tai uudempi):  node verify.mjs
Kysy kirjanpidon avain (vkey) rekisterinpitäjältä toista kautta ja anna se tarkistimelle: muuten
tarkistin voi käyttää vain paketin omaa avainta. Jos säilytit aiemman tarkistuspisteen, anna sekin.

PÅ SVENSKA
Öppna verify.html i en webbläsare och välj den här mappen eller dess zip-fil. Inget nätverk behövs, och
ingenting skickas någonstans. Samma från kommandoraden (Node 20.19 eller nyare):  node verify.mjs
Fråga den personuppgiftsansvarige efter liggarens nyckel (vkey) på annan väg och ge den till
kontrollprogrammet: annars kan det bara använda paketets egen nyckel. Har du sparat en tidigare
kontrollpunkt, ge även den.

IN ENGLISH
Open verify.html in a browser and choose this folder or its zip file. No network is needed, and nothing
is sent anywhere. The same from the command line (Node 20.19 or later):  node verify.mjs
Ask the controller for the ledger's key (vkey) by another way and give it to the verifier: otherwise it
can only use the bundle's own. If you kept an earlier checkpoint, give that too.

Files
  bundle.json     what this bundle is: scope, keys, SHA-256 of the files below
  bundle.note     the ledger's signature of bundle.json
  checkpoint      the signed root that everything is proven by
  events.jsonl    an event a line: the stored bytes, the text that its leaf is over, its proof
  leaves          of a whole ledger only: the hashes of all leaves, 32 bytes each
  keys.jsonl      the ledger's own word on each key: live, fenced, destroyed, missing
  receipts/       the signed receipts of erasures
  verify.html, verify.mjs   two verifiers from one source; read them, they are meant to be read

One event by hand, with jq, sha256sum and base64
  sed -n 1p events.jsonl > one.json
  jq -j .preimage one.json
  jq -r .metadata one.json | base64 -d | sha256sum                  its sixth line
  (jq -r .metadata one.json | base64 -d | jq -r '.salt + "=="' | tr '_-' '/+' | base64 -d;
   jq -r .data one.json | base64 -d) | sha256sum                     its seventh line
  (printf '\\0'; jq -j .preimage one.json) | sha256sum                its leaf
  From the leaf up: SHA-256 of the byte 1, the left hash and the right hash (RFC 6962, section 2.1),
  with each hash of "proof" in turn, gives the third line of checkpoint (which is base64).
`;
