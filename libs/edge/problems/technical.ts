import { problem } from './entry.js';

/** Problems of the request itself, of access, and of the ledger's own state. */
export const TECHNICAL = {
  'invalid-input': problem(
    400,
    ['Pyyntö on virheellinen', 'Korjaa kohdat, jotka `errors` luettelee, ja lähetä uudelleen.'],
    ['Begäran är felaktig', 'Rätta de punkter som `errors` räknar upp och sänd på nytt.'],
    ['The request is not valid', 'Mend what `errors` lists, and send it again.'],
  ),
  'malformed-json': problem(
    400,
    ['Runko ei ole JSON-objekti', 'Lähetä yksi JSON-objekti UTF-8-merkistöllä.'],
    ['Innehållet är inte ett JSON-objekt', 'Sänd ett JSON-objekt i UTF-8.'],
    ['The body is not a JSON object', 'Send one JSON object in UTF-8.'],
  ),
  'malformed-request': problem(
    400,
    ['Pyyntöä ei voitu lukea', 'Tarkista osoite, otsakkeet ja pyynnön muoto.'],
    ['Begäran kunde inte läsas', 'Kontrollera adressen, rubrikerna och begärans form.'],
    ['The request could not be read', 'Check address, headers and the form of the request.'],
  ),
  'purpose-missing': problem(
    400,
    ['Käyttötarkoitus puuttuu', 'Nimeä tarkoitus otsakkeessa Processing-Purpose.'],
    ['Ändamålet saknas', 'Ange ett ändamål i rubriken Processing-Purpose.'],
    ['No purpose is named', 'Name a purpose in the header Processing-Purpose.'],
  ),
  'purpose-unknown': problem(
    400,
    ['Tuntematon käyttötarkoitus', 'Käytä rekisterin määrittelyn tarkoitusta: GET /api/register.'],
    ['Okänt ändamål', 'Använd ett ändamål i registrets definition: GET /api/register.'],
    ['The purpose is not known', 'Use a purpose of the register definition: GET /api/register.'],
  ),
  'idempotency-key': problem(
    400,
    ['Idempotency-Key puuttuu', 'Anna jokaiselle uudelle komennolle oma UUID.'],
    ['Idempotency-Key saknas', 'Ge varje nytt kommando ett eget UUID.'],
    ['No Idempotency-Key', 'Give each new command a UUID of its own, and its retries the same.'],
  ),
  'data-source': problem(
    400,
    ['Tuntematon tietolähde', 'Jätä Data-Source pois tai käytä luettelon arvoa.'],
    ['Okänd uppgiftskälla', 'Utelämna Data-Source eller använd ett värde i listan.'],
    ['The source is not known', 'Leave Data-Source out, or use one of the listed values.'],
  ),
  'if-match': problem(
    400,
    ['If-Match on virheellinen', 'Lähetä ETag sellaisena kuin se saatiin.'],
    ['If-Match är felaktig', 'Sänd ETag så som den gavs.'],
    ['If-Match is not valid', 'Send the ETag as it was given.'],
  ),
  cursor: problem(
    400,
    ['Kohdistin ei kelpaa', 'Aloita luettelo alusta ilman kohdistinta.'],
    ['Markören duger inte', 'Börja listan från början utan markör.'],
    ['The cursor is not valid', 'Begin the list anew without a cursor.'],
  ),
  'position-unknown': problem(
    400,
    ['Tuntematon sijainti', 'Anna `after`-arvoksi komennon palauttama sijainti.'],
    ['Okänd position', 'Ge som `after` en position som ett kommando har svarat.'],
    ['The position is not known', 'Give as `after` a position that a command has answered.'],
  ),
  'token-missing': problem(
    401,
    ['Tunnus puuttuu', 'Lähetä otsake Authorization: Bearer ja tunnus.'],
    ['Åtkomsttecken saknas', 'Sänd rubriken Authorization: Bearer med ett åtkomsttecken.'],
    ['No token', 'Send the header Authorization: Bearer with an API token.'],
  ),
  'token-invalid': problem(
    401,
    ['Tunnus ei kelpaa', 'Tunnus on tuntematon tai peruttu; pyydä uusi ylläpitäjältä.'],
    ['Åtkomsttecknet duger inte', 'Det är okänt eller återkallat; be administratören om ett nytt.'],
    ['The token is not valid', 'It is unknown or revoked; ask an administrator for another.'],
  ),
  'role-missing': problem(
    403,
    ['Rooli ei riitä', 'Toiminto kuuluu toiselle roolille.'],
    ['Rollen räcker inte', 'Åtgärden hör till en annan roll.'],
    ['The role does not suffice', 'The action belongs to another role.'],
  ),
  'route-unknown': problem(
    404,
    ['Osoitetta ei ole', 'Katso rajapinnan kuvaus: /api/docs.'],
    ['Adressen finns inte', 'Se beskrivningen av gränssnittet: /api/docs.'],
    ['There is no such address', 'See the description of the API: /api/docs.'],
  ),
  'token-not-found': problem(
    404,
    ['Tunnusta ei ole', 'Tarkista tunnuksen id luettelosta.'],
    ['Åtkomsttecknet finns inte', 'Kontrollera dess id i listan.'],
    ['There is no such token', 'Look up its id in the list.'],
  ),
  'notice-not-found': problem(
    404,
    ['Selostetta ei ole', 'Tällä versiolla tai kielellä ei ole julkaistu selostetta.'],
    [
      'Beskrivningen finns inte',
      'Ingen beskrivning är publicerad i denna version eller på språket.',
    ],
    ['There is no such notice', 'No notice is published in this version or language.'],
  ),
  'view-not-found': problem(
    404,
    ['Näkymää ei ole', 'Katso näkymien nimet: GET /api/views.'],
    ['Vyn finns inte', 'Se vyernas namn: GET /api/views.'],
    ['There is no such view', 'See the names of the views: GET /api/views.'],
  ),
  'request-timeout': problem(
    408,
    ['Pyyntö ei saapunut ajoissa', 'Lähetä se uudelleen.'],
    ['Begäran kom inte fram i tid', 'Sänd den på nytt.'],
    ['The request did not arrive in time', 'Send it again.'],
  ),
  'body-too-large': problem(
    413,
    ['Runko on liian suuri', 'Rungon enimmäiskoko on 1 megatavu.'],
    ['Innehållet är för stort', 'Innehållet får vara högst 1 megabyte.'],
    ['The body is too large', 'A body has 1 MB at most.'],
  ),
  'append-too-large': problem(
    413,
    ['Tapahtuma on liian suuri', 'Jaa asia useampaan komentoon.'],
    ['Händelsen är för stor', 'Dela upp det på flera kommandon.'],
    ['The event is too large', 'Divide it into several commands.'],
  ),
  'media-type': problem(
    415,
    ['Sisältötyyppiä ei tueta', 'Lähetä runko tyypillä application/json.'],
    ['Innehållstypen stöds inte', 'Sänd innehållet som application/json.'],
    ['The media type is not supported', 'Send the body as application/json.'],
  ),
  'no-api-here': problem(
    421,
    [
      'Tämä prosessi ei vastaa pyyntöihin',
      'Lähetä pyyntö prosessille, jonka rooli on api tai all.',
    ],
    [
      'Den här processen svarar inte på begäranden',
      'Sänd den till en process med rollen api eller all.',
    ],
    ['This process answers no requests', 'Send it to a process whose role is api or all.'],
  ),
  internal: problem(
    500,
    ['Ohjelmavirhe', 'Virheestä on merkintä lokissa. Ilmoita siitä ylläpidolle.'],
    ['Programfel', 'Felet finns i loggen. Meddela driften.'],
    ['A defect', 'It is in the log. Tell those who run the ledger.'],
  ),
  integrity: problem(
    500,
    [
      'Eheysvirhe',
      'Tallennettu tieto on ristiriitaista. Mitään ei ohiteta: ota yhteys ylläpitoon.',
    ],
    ['Integritetsfel', 'Lagrade data motsäger sig. Inget förbigås: kontakta driften.'],
    ['Integrity', 'What is stored contradicts itself. Nothing is skipped: tell those who run it.'],
  ),
  outage: problem(
    503,
    ['Osa järjestelmästä ei vastaa', 'Mitään ei kadonnut. Lähetä sama pyyntö uudelleen.'],
    ['En del av systemet svarar inte', 'Inget gick förlorat. Sänd samma begäran på nytt.'],
    ['A part does not answer', 'Nothing was lost. Send the same request again, with the same key.'],
  ),
  'not-ready': problem(
    503,
    ['Rekisteri ei ole vielä valmis', 'Odota, kunnes /health/ready vastaa 200.'],
    ['Registret är inte klart ännu', 'Vänta tills /health/ready svarar 200.'],
    ['The ledger is not ready yet', 'Wait until /health/ready answers 200.'],
  ),
  'log-rolled-back': problem(
    503,
    [
      'Tapahtumaloki on vanha kopio',
      'Lokista on allekirjoitettu enemmän kuin siinä on. Palauta uudempi kopio, tai kaksi ' +
        'vastuuhenkilöä hyväksyy sen tällaisenaan: POST /api/evidence/log-restored.',
    ],
    [
      'Händelseloggen är en gammal kopia',
      'Mer av loggen är undertecknat än den innehåller. Återställ en nyare kopia, eller så ' +
        'godkänner två ansvariga den som den är: POST /api/evidence/log-restored.',
    ],
    [
      'The event log is an old copy',
      'More of the log was signed than it has. Put a newer copy back, or two officers accept it ' +
        'as it is: POST /api/evidence/log-restored.',
    ],
  ),
  'kek-missing': problem(
    503,
    [
      'Pääavain puuttuu',
      'Holvi nimeää avainten avaimen (KEK), jota salaisuuksien kansiossa ei ole. Mitään ei ole ' +
        'poistettu: palauta salaisuuksien kansio varmuuskopiosta ja käynnistä uudelleen.',
    ],
    [
      'Huvudnyckeln saknas',
      'Valvet nämner en nyckelkrypteringsnyckel (KEK) som inte finns i mappen för hemligheter. ' +
        'Inget har raderats: återställ mappen från säkerhetskopian och starta om.',
    ],
    [
      'A key-encryption key is missing',
      'The vault names a KEK that the secrets folder lacks. Nothing was erased: put the secrets ' +
        'folder back from its backup, and start again.',
    ],
  ),
  'view-behind': problem(
    503,
    ['Näkymä on jäljessä', 'Komento on tallessa; kysy hetken kuluttua uudelleen.'],
    ['Vyn är efter', 'Kommandot är sparat; fråga igen om en stund.'],
    ['The read model is behind', 'The command is recorded; ask again in a moment.'],
  ),
} as const;
