import { problem } from './entry.js';

/** Problems of tree, checkpoints and receipts. */
export const EVIDENCE = {
  'tile-not-found': problem(
    404,
    [
      'Laattaa ei ole',
      'Puussa ei ole näin monta lehteä. Osoitteet ovat muotoa c2sp.org/tlog-tiles.',
    ],
    ['Plattan finns inte', 'Trädet har inte så många löv. Adresserna följer c2sp.org/tlog-tiles.'],
    ['There is no such tile', 'The tree has not so many leaves. Addresses: c2sp.org/tlog-tiles.'],
  ),
  'checkpoint-not-found': problem(
    404,
    ['Tarkistuspistettä ei vielä ole', 'Ensimmäinen allekirjoitetaan pian: kysy uudelleen.'],
    ['Ingen kontrollpunkt ännu', 'Den första undertecknas snart: fråga igen.'],
    ['There is no checkpoint yet', 'The first is signed soon: ask again.'],
  ),
  'receipt-not-found': problem(
    404,
    [
      'Tapahtumaa ei ole puussa',
      'Tunnusta ei ole, tai tapahtuma on aivan uusi: kysy uudelleen parametrilla wait=true.',
    ],
    [
      'Händelsen finns inte i trädet',
      'Id:t finns inte, eller så är händelsen helt ny: fråga igen med wait=true.',
    ],
    [
      'The tree has no such event',
      'There is none of this id, or it is quite new: ask again with wait=true.',
    ],
  ),
  'not-signed-yet': problem(
    409,
    [
      'Mikään tarkistuspiste ei vielä kata tapahtumaa',
      'Kysy uudelleen parametrilla wait=true, tai odota seuraavaa tarkistuspistettä.',
    ],
    [
      'Ingen kontrollpunkt täcker händelsen ännu',
      'Fråga igen med wait=true, eller vänta på nästa kontrollpunkt.',
    ],
    [
      'No checkpoint covers the event yet',
      'Ask again with wait=true, or wait for the next checkpoint.',
    ],
  ),
  'origin-differs': problem(
    409,
    [
      'Allekirjoittajan nimi on vaihtunut',
      'LEDGER_ORIGIN ei ole nimi, jolla on allekirjoitettu: palauta se asetuksiin.',
    ],
    [
      'Undertecknarens namn har ändrats',
      'LEDGER_ORIGIN är inte det namn som undertecknats med: återställ det i inställningarna.',
    ],
    [
      'The name of the signer has changed',
      'LEDGER_ORIGIN is not the name that was signed under: set it back.',
    ],
  ),
  'key-differs': problem(
    409,
    [
      'Allekirjoitusavain on väärä',
      'Avain ei ole se, josta viimeisin tarkistuspiste kertoo: palauta oikea salaisuuksien kansioon.',
    ],
    [
      'Fel undertecknande nyckel',
      'Nyckeln är inte den som den senaste kontrollpunkten nämner: återställ den rätta.',
    ],
    [
      'The signing key is another one',
      'It is not the key that the last checkpoint names: put the right one back.',
    ],
  ),
  'checkpoint-behind': problem(
    409,
    ['Suurempi puu on jo allekirjoitettu', 'Käytä uusinta tarkistuspistettä.'],
    ['Ett större träd är redan undertecknat', 'Använd den nyaste kontrollpunkten.'],
    ['A larger tree is signed already', 'Use the newest checkpoint.'],
  ),
  'checkpoint-unknown': problem(
    409,
    ['Tarkistuspistettä ei ole kirjattu', 'Aikaleimaa pyydetään kirjatulle tarkistuspisteelle.'],
    [
      'Kontrollpunkten är inte registrerad',
      'Tidsstämpeln begärs för en registrerad kontrollpunkt.',
    ],
    ['The checkpoint is not recorded', 'A timestamp is asked for of one that is.'],
  ),
} as const;
