import type { CopyWords } from './words.js';

export const sv: CopyWords = {
  title: 'Raderingskvitto',
  attachment: 'Undertecknat raderingskvitto som vem som helst kan kontrollera',
  page: (number, of) => `Sida ${number} / ${of}`,
  facts: {
    controller: 'Personuppgiftsansvarig',
    register: 'Register',
    case: 'Ärendenummer',
    madeAt: 'Kopian gjord',
    ledger: 'Liggare',
    event: 'Händelse',
    index: 'Plats i liggaren',
    size: 'Kontrollpunktens storlek',
    root: 'Kontrollpunktens rot',
    vkey: 'Liggarens nyckel (vkey)',
    signer: 'Kvittots undertecknare',
    cosigners: 'Har bekräftat kontrollpunkten',
    keys: 'De förstörda nycklarnas fingeravtryck',
  },
  headings: {
    what: 'Vad som raderades',
    why: 'På vilken grund',
    when: 'När',
    kept: 'Vad som sparas och varför',
    disclosed: 'Vad som hade lämnats ut tidigare',
    rights: 'Dina rättigheter',
    check: 'Så kontrollerar du det här kvittot',
    proof: 'Bevisets uppgifter',
  },
  lead: (controller) =>
    `${controller} har raderat dina personuppgifter enligt nedan: de är pseudonymiserade, nycklarna ` +
    'förstörda.',
  means:
    'Uppgifterna fanns bara i krypterad form. Nyckeln som hade kunnat öppna dem är förstörd i ' +
    'systemet, och ingen kan längre läsa dem i det, inte heller vi. Om säkerhetskopior berättas under ' +
    'När.',
  financialYear: (day) => `räkenskapsperioden vars sista dag är ${day}`,
  grounds: {
    'no-longer-needed':
      'Uppgifterna behövs inte längre för de ändamål för vilka de samlades in (allmänna ' +
      'dataskyddsförordningen, artikel 17.1 a).',
    'consent-withdrawn':
      'Samtycket som behandlingen grundade sig på har återkallats (allmänna ' +
      'dataskyddsförordningen, artikel 17.1 b).',
    objection:
      'En invändning gjordes mot behandlingen (allmänna dataskyddsförordningen, artikel 17.1 c).',
    unlawful:
      'Uppgifterna hade behandlats på olagligt sätt (allmänna dataskyddsförordningen, artikel 17.1 d).',
    'legal-obligation':
      'Lagen krävde att uppgifterna raderas (allmänna dataskyddsförordningen, artikel 17.1 e).',
    'child-information-society':
      'Uppgifterna samlades in i samband med att en informationssamhällets tjänst erbjöds ett barn ' +
      '(allmänna dataskyddsförordningen, artikel 17.1 f).',
  },
  since: (at) => `Uppgifterna har inte kunnat läsas i systemet sedan ${at}.`,
  by: (day) =>
    `Kvittot utlovar att de inte går att öppna ur någon kopia eller säkerhetskopia efter utgången av ${day}.`,
  copies: (state, number) => {
    switch (state) {
      case 'awaited':
        return (
          'Det är ännu inte bekräftat. Bekräftelsen noteras när kopiornas nyckel förstörs (händelsen ' +
          `KekRetired). Be därefter om en ny kopia med ärendenumret ${number}: den innehåller ` +
          'bekräftelsen med bevis.'
        );
      case 'confirmed':
        return (
          'Det är bekräftat: kopiornas nyckel är förstörd. Bekräftelsen med bevis finns i bilagan ' +
          '(händelsen KekRetired).'
        );
      case 'overdue':
        return (
          'Dagen har gått och någon bekräftelse är ännu inte noterad (händelsen KekRetired). Be den ' +
          `personuppgiftsansvarige om en förklaring och en ny kopia med ärendenumret ${number}.`
        );
    }
  },
  nothingKept: 'Inget skäl krävde att andra uppgifter om dig som raderingen gäller skulle sparas.',
  keptLead: 'Detta kunde ännu inte raderas. Det raderas av sig självt när det sista skälet upphör:',
  holds: {
    'open-invoice':
      'en faktura är öppen: tills den är betald eller krediterad (allmänna ' +
      'dataskyddsförordningen, artikel 17.3 e)',
    collection:
      'en fordran drivs in: tills indrivningen upphör (allmänna ' +
      'dataskyddsförordningen, artikel 17.3 e)',
    'contact-person': 'du är en organisations kontaktperson: tills uppdraget upphör',
  },
  statutory: (day) =>
    `lagen kräver att verifikatet bevaras: till och med ${day} (bokföringslagen 1336/1997, 2 kap. ` +
    '10 §; allmänna dataskyddsförordningen, artikel 17.3 b)',
  traces:
    'I liggaren blir kvar det krypterade innehållet utan nyckel samt händelsernas slag, tider och ' +
    'slumpmässiga beteckningar, för att det ska kunna visas att ingenting har ändrats. De är ' +
    'pseudonymiserade uppgifter. Din svarsadress förstörs när ärendet avslutas.',
  nothingDisclosed:
    'Inga noteringar om de raderade uppgifterna hade lämnats ut som bevis före raderingen.',
  disclosed: (count) =>
    `Noteringar som hade lämnats ut som bevis före raderingen: ${count}. Det som en mottagare redan ` +
    'har fått försvinner inte genom den här raderingen. Händelserna:',
  complaint:
    'Du har rätt att föra ärendet till dataombudsmannen för behandling eller att lämna in ett klagomål ' +
    'till tillsynsmyndigheten i den medlemsstat där du bor eller arbetar eller där överträdelsen ' +
    'skedde (dataskyddslagen 1050/2018, 21 §; allmänna dataskyddsförordningen, artikel 77).',
  court: 'Du kan också föra saken till domstol (allmänna dataskyddsförordningen, artikel 79).',
  steps: [
    'Skaffa kontrollsidan verify.html. Den fås av den personuppgiftsansvarige och fungerar utan ' +
      'nätförbindelse.',
    'Öppna verify.html i en webbläsare och släpp den här PDF-filen eller dess bilaga ' +
      'erasure-copy.json på den.',
    'Skriv in liggarens nyckel (vkey) som du har fått på annat håll än i det här dokumentet, och ' +
      'jämför den med den som står nedan.',
    'Sidan säger om kvittot är det som liggaren undertecknade, och vad den inte kan visa. På ' +
      'kommandoraden gör detsamma: node verify.mjs erasure-copy.json --vkey NYCKEL',
  ],
  signedIs:
    'Det som är undertecknat är bilagan erasure-copy.json, inte de här sidorna. Om de skiljer sig ' +
    'gäller bilagan.',
  proofLead:
    'Med de här uppgifterna hittas kvittot i liggaren, som ingen kan ändra utan att det märks.',
};
