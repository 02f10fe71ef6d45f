import type { Texts } from './text-form.js';

export const fi: Texts = {
  intro: (folder) => [
    'Tietosuojakirjanpito: jokainen muutos asiakasrekisteriin on tapahtuma, jota kukaan ei voi',
    'muuttaa huomaamatta. Silti jokainen ihminen voidaan poistaa: hänen tietonsa on salattu hänen',
    'omilla avaimillaan, ja poistossa avaimet tuhotaan.',
    `Kaikki tässä tapahtuu oikeasti, väliaikaisessa kansiossa ${folder}.`,
  ],
  scenes: {
    register: 'Kaksi asiakasta rekisteröityy',
    change: 'Tiedot muuttuvat',
    order: 'Tilaus ja avoin lasku',
    ask: 'Matti pyytää tietojensa poistoa',
    settle: 'Lasku maksetaan',
    law: 'Kirjanpitolaki pitää tositteet kuusi vuotta',
    keys: 'Mitä avaimista on jäljellä?',
    restore: 'Joku palauttaa vanhan kopion avainholvista',
    replay: 'Mitä tapahtui: koko loki',
  },
  registered: (name) => `${name} on rekisterissä.`,
  changed: (name) => `${name}: yhteystiedot muutettu.`,
  shown: (name) => `Rekisteri näyttää: ${name}`,
  ordered: (total) => `Matti tilaa; lasku ${total} on avoinna.`,
  copied: 'Ylläpitäjä ottaa avainholvista varmuuskopion. Siihen palataan lopussa.',
  asked: (number) => `Pyyntö saa asianumeron ${number}.`,
  goesNow: (what) => `poistuu heti:  ${what}`,
  waits: (what, why) => `odottaa:       ${what}: ${why}`,
  gone: (what, receipt) => `Poistettu: ${what}. Kuitti on allekirjoitettu: ${receipt}`,
  stillThere: (what) => `Vielä tallella: ${what}.`,
  settled: 'Lasku on maksettu. Kukaan ei pyydä mitään uudelleen; poisto jatkuu itsestään.',
  clockMoves: (from, to) => `Esittely siirtää nyt omaa kelloaan: ${from} -> ${to}.`,
  noMoreCopies: (day) => `Missään kopiossa ei luettavissa viimeistään ${day}.`,
  bytesBefore: (found, of) => `Vanhassa kopiossa Matin avaimista löytyy ${found}/${of}.`,
  bytesAfter: (found, of, files) =>
    `Datakansion ${files} tiedostosta luettiin joka tavu: avaimista löytyy ${found}/${of}.`,
  notOpened: (events, of) => `Matin salatuista kuorista ei aukea yksikään: ${events}/${of}.`,
  othersOpen: (name) => `Muiden tiedot aukeavat kuten ennenkin: ${name}`,
  putBack: 'Palvelin pysäytetään, holvin tilalle kopioidaan vanha, ja palvelin käynnistetään.',
  caught: (keys) =>
    `Käynnistys huomasi sen: ${keys} tuhottua avainta oli palannut, ja ne tuhottiin uudelleen ` +
    'ennen kuin mitään luettiin.',
  replayIntro: (events, found) =>
    `${events} tapahtumaa. Nimiä ja osoitteita datakansion tiedostoissa: ${found}. ` +
    'Hakasuluissa se, mikä on salattuna.',
  removed: 'Väliaikainen kansio on poistettu.',
  kept: (folder) => `Kansio jätettiin: ${folder}`,
  categories: {
    identity: 'henkilötiedot',
    contact: 'yhteystiedot',
    affiliation: 'edustamansa organisaatio',
    orders: 'tilaukset ja laskut',
  },
  holds: {
    invoice: 'avoin lasku',
    law: (until) => `kirjanpitolaki, ${until} asti`,
    other: 'muu este',
  },
};
