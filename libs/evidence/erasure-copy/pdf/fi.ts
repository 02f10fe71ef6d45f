import type { CopyWords } from './words.js';

export const fi: CopyWords = {
  title: 'Poistokuitti',
  attachment: 'Allekirjoitettu poistokuitti, jonka kuka tahansa voi tarkistaa',
  page: (number, of) => `Sivu ${number} / ${of}`,
  facts: {
    controller: 'Rekisterinpitäjä',
    register: 'Rekisteri',
    case: 'Asianumero',
    madeAt: 'Jäljennös tehty',
    ledger: 'Kirjanpito',
    event: 'Tapahtuma',
    index: 'Paikka kirjanpidossa',
    size: 'Tarkistuspisteen koko',
    root: 'Tarkistuspisteen juuri',
    vkey: 'Kirjanpidon avain (vkey)',
    signer: 'Kuitin allekirjoittaja',
    cosigners: 'Tarkistuspisteen vahvistajat',
    keys: 'Tuhottujen avainten sormenjäljet',
  },
  headings: {
    what: 'Mitä poistettiin',
    why: 'Millä perusteella',
    when: 'Milloin',
    kept: 'Mitä säilytetään ja miksi',
    disclosed: 'Mitä oli luovutettu aiemmin',
    rights: 'Oikeutesi',
    check: 'Näin tarkistat tämän kuitin',
    proof: 'Todisteen tiedot',
  },
  lead: (controller) =>
    `${controller} on poistanut alla luetellut henkilötietosi: ne on pseudonymisoitu, avaimet tuhottu.`,
  means:
    'Tiedot olivat tallessa vain salattuina. Avain, jolla ne olisi voinut avata, on tuhottu käytössä ' +
    'olevasta järjestelmästä, eikä kukaan voi enää lukea niitä siitä, emme mekään. Varmuuskopioista ' +
    'kerrotaan kohdassa Milloin.',
  financialYear: (day) => `tilikausi, jonka viimeinen päivä on ${day}`,
  grounds: {
    'no-longer-needed':
      'Tietoja ei enää tarvita niihin tarkoituksiin, joita varten ne kerättiin (yleinen ' +
      'tietosuoja-asetus, 17 artiklan 1 kohdan a alakohta).',
    'consent-withdrawn':
      'Suostumus, johon käsittely perustui, on peruutettu (yleinen tietosuoja-asetus, 17 artiklan ' +
      '1 kohdan b alakohta).',
    objection:
      'Käsittelyä vastustettiin (yleinen tietosuoja-asetus, 17 artiklan 1 kohdan c alakohta).',
    unlawful:
      'Tietoja oli käsitelty lainvastaisesti (yleinen tietosuoja-asetus, 17 artiklan 1 kohdan d ' +
      'alakohta).',
    'legal-obligation':
      'Laki velvoitti poistamaan tiedot (yleinen tietosuoja-asetus, 17 artiklan 1 kohdan e alakohta).',
    'child-information-society':
      'Tiedot kerättiin lapselle tarjotun tietoyhteiskunnan palvelun yhteydessä (yleinen ' +
      'tietosuoja-asetus, 17 artiklan 1 kohdan f alakohta).',
  },
  since: (at) => `Tietoja ei ole voinut lukea käytössä olevasta järjestelmästä ${at} alkaen.`,
  by: (day) =>
    `Kuitti lupaa, ettei niitä voi avata mistään kopiosta tai varmuuskopiosta, kun ${day} on päättynyt.`,
  copies: (state, number) => {
    switch (state) {
      case 'awaited':
        return (
          'Tätä ei ole vielä vahvistettu. Vahvistus kirjataan, kun kopioiden avain tuhotaan ' +
          `(tapahtuma KekRetired). Pyydä sen jälkeen uusi jäljennös asianumerolla ${number}: siinä on ` +
          'vahvistus todisteineen.'
        );
      case 'confirmed':
        return (
          'Tämä on vahvistettu: kopioiden avain on tuhottu. Vahvistus todisteineen on liitteessä ' +
          '(tapahtuma KekRetired).'
        );
      case 'overdue':
        return (
          'Päivä on mennyt, eikä vahvistusta ole vielä kirjattu (tapahtuma KekRetired). Pyydä ' +
          `rekisterinpitäjältä selitys ja uusi jäljennös asianumerolla ${number}.`
        );
    }
  },
  nothingKept: 'Mikään peruste ei vaatinut säilyttämään muita tietojasi, joita poisto koskee.',
  keptLead:
    'Näitä ei voitu vielä poistaa. Ne poistetaan itsestään, kun viimeinenkin peruste päättyy:',
  holds: {
    'open-invoice':
      'lasku on avoinna: kunnes se on maksettu tai hyvitetty (yleinen tietosuoja-asetus, ' +
      '17 artiklan 3 kohdan e alakohta)',
    collection:
      'saatavaa peritään: kunnes perintä päättyy (yleinen tietosuoja-asetus, 17 artiklan ' +
      '3 kohdan e alakohta)',
    'contact-person': 'toimit organisaation yhteyshenkilönä: kunnes tehtävä päättyy',
  },
  statutory: (day) =>
    `laki vaatii säilyttämään tositteen: ${day} loppuun asti (kirjanpitolaki 1336/1997, 2 luvun 10 §; ` +
    'yleinen tietosuoja-asetus, 17 artiklan 3 kohdan b alakohta)',
  traces:
    'Kirjanpitoon jäävät salattu sisältö ilman avainta sekä tapahtumien lajit, ajat ja satunnaiset ' +
    'tunnukset, jotta voidaan osoittaa, ettei mitään ole muutettu. Ne ovat pseudonymisoituja tietoja. ' +
    'Vastausosoitteesi hävitetään, kun asia suljetaan.',
  nothingDisclosed:
    'Poistettujen tietojen kirjauksia ei ollut luovutettu kenellekään todisteena ennen poistoa.',
  disclosed: (count) =>
    `Ennen poistoa todisteena luovutettuja kirjauksia: ${count}. Se, minkä vastaanottaja on jo saanut, ` +
    'ei katoa häneltä tällä poistolla. Tapahtumat:',
  complaint:
    'Sinulla on oikeus saattaa asia tietosuojavaltuutetun käsiteltäväksi tai tehdä valitus sen ' +
    'jäsenvaltion valvontaviranomaiselle, jossa asut tai työskentelet tai jossa rikkomus tapahtui ' +
    '(tietosuojalaki 1050/2018, 21 §; yleinen tietosuoja-asetus, 77 artikla).',
  court: 'Voit myös viedä asian tuomioistuimeen (yleinen tietosuoja-asetus, 79 artikla).',
  steps: [
    'Hanki tarkistussivu verify.html. Saat sen rekisterinpitäjältä; se toimii ilman verkkoyhteyttä.',
    'Avaa verify.html selaimessa ja pudota sille tämä PDF tai sen liite erasure-copy.json.',
    'Kirjoita sivulle kirjanpidon avain (vkey), jonka olet saanut muualta kuin tästä asiakirjasta, ' +
      'ja vertaa sitä alla olevaan.',
    'Sivu sanoo, onko kuitti se, jonka kirjanpito allekirjoitti, ja mitä se ei voi osoittaa. ' +
      'Komentorivillä saman tekee: node verify.mjs erasure-copy.json --vkey AVAIN',
  ],
  signedIs:
    'Allekirjoitettu on liite erasure-copy.json, eivät nämä sivut. Jos ne eroavat, liite pätee.',
  proofLead:
    'Näillä tiedoilla kuitti löytyy kirjanpidosta, jota kukaan ei voi muuttaa huomaamatta.',
};
