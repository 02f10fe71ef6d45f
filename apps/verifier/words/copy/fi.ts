import type { CopyWords } from './words.js';

export const fi: CopyWords = {
  results: {
    good: 'Tämä poistokuitti on se, jonka kirjanpito allekirjoitti.',
    refused: 'Tätä ei voitu tarkistaa pyydetyllä tavalla.',
    ALTERED: 'Poistokuitin tapahtumaa on muutettu.',
    unproven: 'Allekirjoitus tai todiste on väärä: tähän jäljennökseen ei voi luottaa.',
    keptDiffers: 'Tämä ei ole säilyttämäsi tarkistuspisteen historiaa.',
  },
  refusals: {
    'no-copy': 'Tämä ei ole poistokuitin jäljennös, tai sen versiota ei tunneta.',
    'no-attachment':
      'Tässä PDF:ssä ei ole poistokuitin jäljennöstä liitteenä, tai sitä ei voi lukea.',
  },
  kept: {
    agrees: 'Tarkistuspiste on sama, jonka säilytit.',
    differs: 'Tarkistuspiste on toinen kuin se, jonka säilytit.',
    shorter: 'Tarkistuspiste on vanhempi kuin se, jonka säilytit: pyydä uusi jäljennös.',
    'not-comparable':
      'Tätä ei voi verrata säilyttämääsi tarkistuspisteeseen: niiden koot eroavat. Siihen tarvitaan ' +
      'todistepaketti, joka on tehty valinnalla --kept.',
  },
  heading: 'Poistokuitti',
  facts: {
    case: 'Asianumero',
    erasedAt: 'Kirjattu',
    event: 'Tapahtuma',
    index: 'Paikka kirjanpidossa',
    madeAt: 'Jäljennös tehty',
    since: 'Ei luettavissa järjestelmästä alkaen',
    copiesDay: 'Ei avattavissa mistään kopiosta tämän päivän jälkeen',
    keys: 'Tuhottuja avaimia',
    kept: 'Säilytettäviä osia',
  },
  shown: {
    signedGiven: 'Jäljennös ja tarkistuspiste on allekirjoitettu antamallasi avaimella.',
    signedOwn:
      'Jäljennös ja tarkistuspiste on allekirjoitettu avaimella, jonka jäljennös itse nimeää.',
    receipt: 'Kuitin oma allekirjoitus on kirjanpidon.',
    event:
      'Tapahtuma on tavulleen se, joka on kirjanpidossa: sen todiste johtaa allekirjoitettuun juureen.',
    day: (day) => `Kirjanpito on luvannut, ettei mikään kopio aukea, kun ${day} on päättynyt.`,
    copies: {
      awaited: 'Lupausta ei ole vielä vahvistettu.',
      confirmed: 'Lupaus on vahvistettu.',
      overdue: 'Päivä oli mennyt, kun jäljennös tehtiin, eikä lupausta ollut vahvistettu.',
    },
    retirements: (count) =>
      `Tapahtumia, joilla kopioiden avaimia on tuhottu ja jotka ovat kirjanpidossa: ${count}.`,
    destroyed: 'Tiedot on pseudonymisoitu, avaimet tuhottu: niin kirjanpito on allekirjoittanut.',
  },
  amiss: {
    signatureWrong: 'Tarkistuspisteen allekirjoitus on väärä.',
    signatureMissing: 'Tarkistuspistettä ei ole allekirjoitettu tällä avaimella.',
    statement: 'Jäljennöstä ei ole allekirjoitettu tällä avaimella, tai sitä on muutettu.',
    receipt: 'Kuitin oma allekirjoitus on väärä.',
    told: 'Luettava kuitti sanoo muuta kuin tapahtuma.',
    altered: 'Tapahtuma on toinen kuin se, joka kirjanpidossa allekirjoitettiin.',
    proof: 'Tapahtuman todiste ei johda allekirjoitettuun juureen.',
    retirements: (count) =>
      `Kopioiden avainten tuhoamisia, joiden todiste ei johda allekirjoitettuun juureen: ${count}.`,
  },
  notShown: {
    keyIsLedgers:
      'Sitä, että avain on kirjanpidon: käytettiin vain jäljennöksen omaa avainta. Vertaa yllä olevaa ' +
      'avainta (vkey) toista kautta saatuun: rekisterinpitäjältä tai todistajalta.',
    pages: 'Sitä, mitä PDF:n sivuilla lukee: vain sen liite on allekirjoitettu ja tarkistettu.',
    keyIsGone:
      'Sitä, että avain on poissa: kukaan ei voi todistaa, ettei jotain ole. Kirjanpito vastaa sanastaan.',
    copiesLater:
      'Sitä, että kopiot eivät aukea: pyydä luvatun päivän jälkeen uusi jäljennös, jossa on vahvistus.',
    receiptUnknown: 'Kuitin omaa allekirjoitusta: sen avainta ei ole täällä.',
    witnessesAreLedgers:
      'Sitä, että todistajat ovat riippumattomia: heidän avaimistaan käytettiin vain jäljennöksen omia.',
    noKept:
      'Sitä, että muille on näytetty sama historia: säilytettyä tarkistuspistettä ei annettu.',
    theirs: 'Sitä, kenestä kuitti on: siinä ei ole nimeä. Asianumero yhdistää sen pyyntöön.',
    else: 'Sitä, ettei samasta ihmisestä ole muuta, mitä ei koskaan kirjattu tai joka on muualla.',
  },
};
