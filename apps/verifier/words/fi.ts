import type { Words } from './words.js';

export const fi: Words = {
  verdicts: {
    INTACT: ['Ehjä', 'on se, mikä allekirjoitettiin'],
    SHREDDED: [
      'Poistettu',
      'on se, mikä allekirjoitettiin; allekirjoitettu tapahtuma päättää sen avaimen',
    ],
    LOST: [
      'Avain kadonnut',
      'on se, mikä allekirjoitettiin, mutta avain puuttuu eikä mikään tapahtuma päätä sitä',
    ],
    ALTERED: ['Muutettu', 'sen paikalla allekirjoitettiin jotain muuta'],
    INSERTED: [
      'Lisätty väliin',
      'on allekirjoitettujen tapahtumien joukossa, mutta sitä ei ole siinä allekirjoitettu',
    ],
    MISSING: ['Puuttuu', 'on allekirjoitettu tai sen täytyy olla, mutta sitä ei ole'],
    REORDERED: ['Siirretty', 'allekirjoitettiin toisessa paikassa'],
    UNSIGNED: [
      'Ei allekirjoitettu',
      'tuli tarkistuspisteen jälkeen, tai mikään allekirjoitettu ei puhu sen puolesta',
    ],
  },
  results: {
    good: 'Kaikki tässä paketissa on sitä, mikä allekirjoitettiin.',
    refused: 'Tätä ei voitu tarkistaa pyydetyllä tavalla.',
    ALTERED: 'Tapahtumia on muutettu.',
    MISSING: 'Tapahtumia puuttuu.',
    INSERTED: 'Väliin on lisätty tapahtumia.',
    REORDERED: 'Tapahtumien järjestystä on muutettu.',
    LOST: 'Avaimia on kadonnut: niiden tietoja ei voi enää lukea, eikä mikään kirjanpidossa selitä sitä.',
    unproven: 'Allekirjoitus on väärä, tai jokin täällä ei johda allekirjoitettuun juureen.',
    keptDiffers: 'Tämä ei ole säilyttämäsi tarkistuspisteen historia.',
  },
  refusals: {
    'no-bundle': 'Täällä ei ole todistepakettia, tai sen versiota ei tunneta.',
    unreadable: 'Paketin jokin tiedosto puuttuu tai sitä ei voi lukea.',
    unsigned: 'Allekirjoitettu tarkistuspiste tai lausuma puuttuu: kukaan ei vastaa paketista.',
    empty: 'Paketissa ei ole tapahtumia.',
    'vkey-unreadable': 'Vertailtavaa avainta ei voi lukea: sen muoto on nimi+tunnus+base64.',
    'witnesses-unreadable':
      'Todistajien avaimia ei voida lukea: jokaiselle nimi+tunnus+base64, eikä lukumäärä saa olla todistajien määrää suurempi.',
    'kept-unreadable':
      'Säilytettyä tarkistuspistettä ei voi lukea, tai tämä kirjanpito ei ole allekirjoittanut sitä.',
  },
  kept: {
    agrees: 'Se jatkaa säilyttämääsi tarkistuspistettä: mitään sitä ennen ei ole muutettu.',
    differs: 'Se ei jatka säilyttämääsi tarkistuspistettä: silloin allekirjoitettua on muutettu.',
    shorter:
      'Se päättyy ennen säilyttämääsi tarkistuspistettä: sen jälkeen allekirjoitettu on jätetty pois.',
    'not-comparable':
      'Sitä ei voi verrata säilyttämääsi tarkistuspisteeseen. Pyydä paketti, joka on tehty valinnalla --kept, tai koko kirjanpidon paketti.',
  },
  headings: {
    result: 'Tulos',
    shown: 'Mitä on osoitettu',
    notShown: 'Mitä tämä ei voi osoittaa',
    key: 'Kenen allekirjoitus',
    bundle: 'Paketti',
    totals: 'Yhteensä',
    events: 'Tapahtumat',
    places: 'Paikat',
  },
  facts: {
    ledger: 'Kirjanpito',
    origin: 'Allekirjoittaa nimellä',
    scope: 'Sisältää',
    madeAt: 'Tehty',
    size: 'Tapahtumia allekirjoitettu kaikkiaan',
    root: 'Juuri',
    vkey: 'Avain (vkey)',
  },
  scopes: {
    ledger: 'koko kirjanpidon',
    customer: (stream) => `virran ${stream}`,
    period: (from, to) => `aikavälillä ${from} – ${to} kirjatut ensimmäisestä viimeiseen`,
  },
  shown: {
    signedGiven: 'Tarkistuspiste ja lausuma on allekirjoitettu antamallasi avaimella.',
    signedOwn: 'Tarkistuspiste ja lausuma on allekirjoitettu paketin nimeämällä avaimella.',
    proven: (events) =>
      `Tapahtumia, jotka ovat tavulleen sitä, minkä tarkistuspiste kattaa: ${events}.`,
    whole:
      'Muita ei ole: tapahtumat ensimmäisestä viimeiseen antavat allekirjoitetun juuren itsessään.',
    completeStream:
      'Virran jokainen versio on mukana nollasta kirjanpidon allekirjoittamaan päähän.',
    completePeriod: 'Ensimmäisen ja viimeisen tapahtuman väliltä ei puutu mitään.',
    shredded: (events) =>
      `Niistä poistettuja, koska allekirjoitettu tapahtuma päättää niiden sisällön avaimen: ${events}.`,
    receipts: (count) => `Kirjanpidon allekirjoittamia poistokuitteja: ${count}.`,
    cosigned: (name, at) => `${name} on vahvistanut tarkistuspisteen ${at}.`,
    quorumGiven: (have, of) =>
      `Nimeämistäsi todistajista on vahvistanut ${have}/${of}, niin moni kuin vaadit.`,
    quorumOwn: (have, of) =>
      `Kirjanpidon todistajista on vahvistanut ${have}/${of}, niin moni kuin sen oma käytäntö vaatii.`,
  },
  amiss: {
    signatureWrong: 'Tarkistuspisteen allekirjoitus on väärä.',
    signatureMissing: 'Tarkistuspistettä ei ole allekirjoitettu tällä avaimella.',
    statement:
      'Pakettia koskevaa lausumaa ei ole allekirjoitettu tällä avaimella, tai sitä on muutettu.',
    root: 'Tapahtumat ja lehdet antavat toisen juuren kuin sen, joka allekirjoitettiin.',
    unsignedTooLong: 'Tapahtumia on ollut vailla allekirjoitusta kauemmin kuin saa.',
    leavesDamaged:
      'Lehtien luettelo on vioittunut. Tapahtumat itse antavat allekirjoitetun juuren.',
    proofs: (count) => `Todisteita, jotka eivät johda allekirjoitettuun juureen: ${count}.`,
    damaged: (files) => `Nämä tiedostot eivät ole ne, jotka kirjanpito teki: ${files}.`,
    receipts: (count) => `Poistokuitteja, joiden allekirjoitus on väärä: ${count}.`,
    cosignature: (name) => `Todistajan ${name} vahvistus on väärä.`,
    quorum: (have, wanted) =>
      `Liian harva nimeämistäsi todistajista on vahvistanut: ${have}, ja vaadit ${wanted}.`,
  },
  notShown: {
    keyIsLedgers:
      'Sitä, että avain on kirjanpidon: käytettiin vain paketin omaa avainta. Vertaa yllä olevaa avainta (vkey) toista kautta saatuun: rekisterinpitäjältä tai todistajalta.',
    beforeSigning: 'Riviä, joka on ujutettu mukaan ennen ensimmäistä allekirjoitusta.',
    neverRecorded: 'Sitä, mitä ei koskaan kirjattu.',
    keyStates:
      'Avainten tilat ovat kirjanpidon oma sana: kukaan ei voi todistaa, että avain on poissa.',
    keysUnknown: 'Paketissa ei ole avainten tiloja: kadonnutta avainta ei huomattaisi.',
    partOnly: 'Sitä, että kirjanpidon muut osat ovat muuttumattomat: tämä on osa siitä.',
    headIsWord: 'Sitä, ettei virta jatku: sen pää on kirjanpidon oma sana.',
    periodByClock: 'Sitä, ettei aikaväliin kuulu muuta: ajat ovat kirjanpidon omia.',
    noKept:
      'Sitä, että tämä on sama historia, joka on näytetty muille aiemmin: säilytettyä tarkistuspistettä ei annettu.',
    incomplete: 'Sitä, että kaikki on mukana.',
    elsewhere: (count) =>
      `Muiden virtojen tapahtumia, jotka sisältävät jotain samasta henkilöstä eivätkä ole täällä: ${count}.`,
    receiptsUnknown: (count) =>
      `Kuitteja, jotka on allekirjoitettu avaimella, jota täällä ei ole: ${count}.`,
    cosignature: (name) => `Todistajan ${name} vahvistusta: sen avainta ei ole täällä.`,
    quorum: (have, wanted) =>
      `Mitä riittävän moni todistaja on nähnyt: vahvistuksia on ${have}, ja kirjanpidon oma käytäntö vaatii ${wanted}.`,
    witnessesAreLedgers:
      'Että todistajat ovat riippumattomia: heidän avaimistaan käytettiin vain paketin omia.',
    unsigned: (events) =>
      `Tarkistuspisteen jälkeen tulleita tapahtumia, joita mikään ei vielä todista: ${events}.`,
  },
  columns: {
    index: 'Paikka',
    verdict: 'Tila',
    type: 'Tapahtuma',
    stream: 'Virta',
    revision: 'Versio',
    recordedAt: 'Kirjattu',
    id: 'Tunnus',
  },
  envelopes: 'Kirjekuoret',
  signedAt: (index) => `allekirjoitettu paikassa ${index}`,
  more: (count) => `ja ${count} muuta`,
  page: {
    title: 'Tarkista todistepaketti',
    lead: 'Kaikki tapahtuu tällä sivulla. Verkkoa ei tarvita, eikä mitään lähetetä minnekään.',
    language: 'Kieli',
    open: 'Avaa paketti tai poistokuitti',
    drop: 'Pudota tähän kansio, zip-tiedosto tai poistokuitin jäljennös (JSON tai PDF), tai valitse:',
    chooseFile: 'Tiedosto (zip, JSON, PDF)',
    chooseFolder: 'Kansio',
    compare: 'Vertaa siihen, mitä sinulla on',
    vkeyHint:
      'Kirjanpidon avain toista kautta saatuna: rekisterinpitäjältä, sopimuksesta, todistajalta.',
    keptLabel: 'Säilyttämäsi tarkistuspiste',
    keptHint: 'Aiemman tarkistuspisteen teksti, jos säilytit sellaisen.',
    witnessesLabel: 'Todistajat, joihin luotat',
    witnessesHint: 'Ulkopuolisten todistajien avaimet, yksi rivillä, heiltä itseltään saatuina.',
    quorumLabel: 'Kuinka monen on pitänyt vahvistaa (kaikkien, jos tyhjä)',
    again: 'Tarkista uudelleen',
    none: 'Mitään ei ole auki.',
    tooOld:
      'Tämä selain ei osaa tarkistaa Ed25519-allekirjoituksia. Käytä uudempaa tai ohjelmaa verify.mjs.',
    show: 'Näytä',
    showAll: 'kaikki tapahtumat',
    showAmiss: 'vain muut kuin ehjät',
    previous: 'Edelliset',
    next: 'Seuraavat',
    ownKey:
      'Käytettiin vain paketin omaa avainta. Vertaa sitä toista kautta saatuun: rekisterinpitäjältä tai todistajalta.',
    count: 'Määrä',
    exitCode: 'Paluukoodi',
    reading: (events) => `Tarkistetaan. Tapahtumia tähän mennessä: ${events}.`,
    pages: (from, to, of) => `${from}–${to} / ${of}`,
    caption: (of) => `Tila tapahtumittain (${of})`,
  },
};
