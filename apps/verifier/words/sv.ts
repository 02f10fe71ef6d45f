import type { Words } from './words.js';

export const sv: Words = {
  verdicts: {
    INTACT: ['Oförändrad', 'är det som undertecknades'],
    SHREDDED: [
      'Raderad',
      'är det som undertecknades; en undertecknad händelse avslutar dess nyckel',
    ],
    LOST: [
      'Nyckel förlorad',
      'är det som undertecknades, men nyckeln är borta och ingen händelse avslutar den',
    ],
    ALTERED: ['Ändrad', 'något annat undertecknades på dess plats'],
    INSERTED: ['Inskjuten', 'står bland undertecknade händelser men undertecknades inte där'],
    MISSING: ['Saknas', 'undertecknades, eller måste ha gjort det, och finns inte'],
    REORDERED: ['Flyttad', 'undertecknades på en annan plats'],
    UNSIGNED: [
      'Inte undertecknad',
      'kom efter kontrollpunkten, eller så talar inget undertecknat för den',
    ],
  },
  results: {
    good: 'Allt i det här paketet är det som undertecknades.',
    refused: 'Det här kunde inte kontrolleras på det sätt som begärdes.',
    ALTERED: 'Händelser har ändrats.',
    MISSING: 'Händelser saknas.',
    INSERTED: 'Händelser har skjutits in.',
    REORDERED: 'Händelsernas ordning har ändrats.',
    LOST: 'Nycklar är förlorade: deras uppgifter går inte längre att läsa, och inget i liggaren förklarar det.',
    unproven: 'En underskrift är fel, eller så leder något här inte till någon undertecknad rot.',
    keptDiffers: 'Det här är inte historiken för den kontrollpunkt som du sparade.',
  },
  refusals: {
    'no-bundle': 'Här finns inget bevispaket, eller så är dess version okänd.',
    unreadable: 'En fil i paketet saknas eller går inte att läsa.',
    unsigned: 'Undertecknad kontrollpunkt eller förklaring saknas: ingen svarar för paketet.',
    empty: 'Paketet har inga händelser.',
    'vkey-unreadable': 'Nyckeln att jämföra med går inte att läsa: formen är namn+id+base64.',
    'witnesses-unreadable':
      'Vittnenas nycklar kan inte läsas: namn+id+base64 för var och en, och talet får inte vara större än antalet vittnen.',
    'kept-unreadable':
      'Den sparade kontrollpunkten går inte att läsa, eller så har den här liggaren inte undertecknat den.',
  },
  kept: {
    agrees: 'Det fortsätter från den kontrollpunkt som du sparade: inget före den har ändrats.',
    differs:
      'Det fortsätter inte från den kontrollpunkt som du sparade: det som undertecknades då har ändrats.',
    shorter:
      'Det slutar före den kontrollpunkt som du sparade: det som undertecknats sedan dess hålls inne.',
    'not-comparable':
      'Det går inte att jämföra med den kontrollpunkt som du sparade. Begär ett paket som gjorts med --kept, eller ett av hela liggaren.',
  },
  headings: {
    result: 'Resultat',
    shown: 'Vad som har visats',
    notShown: 'Vad detta inte kan visa',
    key: 'Vems underskrift',
    bundle: 'Paketet',
    totals: 'Sammanlagt',
    events: 'Händelser',
    places: 'Platser',
  },
  facts: {
    ledger: 'Liggare',
    origin: 'Undertecknar som',
    scope: 'Innehåller',
    madeAt: 'Gjort',
    size: 'Undertecknade händelser totalt',
    root: 'Rot',
    vkey: 'Nyckel (vkey)',
  },
  scopes: {
    ledger: 'hela liggaren',
    customer: (stream) => `strömmen ${stream}`,
    period: (from, to) => `från den första till den sista som noterats mellan ${from} och ${to}`,
  },
  shown: {
    signedGiven: 'Kontrollpunkten och förklaringen är undertecknade med den nyckel som du gav.',
    signedOwn:
      'Kontrollpunkten och förklaringen är undertecknade med den nyckel som paketet anger.',
    proven: (events) =>
      `Händelser som är, byte för byte, det som kontrollpunkten omfattar: ${events}.`,
    whole:
      'Det finns inga andra: händelserna från den första till den sista ger själva den undertecknade roten.',
    completeStream:
      'Av strömmen finns varje revision, från 0 till den sista som liggaren har undertecknat.',
    completePeriod: 'Mellan den första och den sista händelsen är inget utelämnat.',
    shredded: (events) =>
      `Av dem raderade, eftersom en undertecknad händelse avslutar nyckeln till det de innehåller: ${events}.`,
    receipts: (count) => `Raderingskvitton som liggaren har undertecknat: ${count}.`,
    cosigned: (name, at) => `${name} har bekräftat kontrollpunkten ${at}.`,
    quorumGiven: (have, of) =>
      `Av de vittnen som du har angett har ${have} av ${of} bekräftat, så många som du kräver.`,
    quorumOwn: (have, of) =>
      `Av liggarens vittnen har ${have} av ${of} bekräftat, så många som dess egen policy kräver.`,
  },
  amiss: {
    signatureWrong: 'Kontrollpunktens underskrift är fel.',
    signatureMissing: 'Kontrollpunkten är inte undertecknad med den här nyckeln.',
    statement:
      'Förklaringen om paketet är inte undertecknad med den här nyckeln, eller så har den ändrats.',
    root: 'Händelser och löv ger en annan rot än den som undertecknades.',
    unsignedTooLong: 'Händelser har väntat på underskrift längre än de får.',
    leavesDamaged: 'Listan över löv är skadad. Händelserna själva ger den undertecknade roten.',
    proofs: (count) => `Bevis som inte leder till någon undertecknad rot: ${count}.`,
    damaged: (files) => `Dessa filer är inte de som liggaren gjorde: ${files}.`,
    receipts: (count) => `Raderingskvitton med fel underskrift: ${count}.`,
    cosignature: (name) => `Vittnet ${name}s bekräftelse är fel.`,
    quorum: (have, wanted) =>
      `För få av de vittnen som du har angett har bekräftat: ${have}, och du kräver ${wanted}.`,
  },
  notShown: {
    keyIsLedgers:
      'Att nyckeln är liggarens: bara paketets egen nyckel användes. Jämför nyckeln (vkey) ovan med en som du fått på annan väg, av den personuppgiftsansvarige eller ett vittne.',
    beforeSigning: 'En rad som smugits in före sin första underskrift.',
    neverRecorded: 'Det som aldrig noterades.',
    keyStates:
      'Nycklarnas tillstånd är liggarens eget ord: att en nyckel är borta kan ingen bevisa.',
    keysUnknown: 'Paketet har inga tillstånd för nycklar: en förlorad nyckel skulle inte synas.',
    partOnly: 'Att resten av liggaren är oförändrad: det här är en del av den.',
    headIsWord: 'Att strömmen inte fortsätter: dess slut är liggarens eget ord.',
    periodByClock: 'Att inget annat hör till perioden: tiderna är liggarens egna.',
    noKept:
      'Att det är samma historik som visats för andra tidigare: ingen sparad kontrollpunkt gavs.',
    incomplete: 'Att allt är med.',
    elsewhere: (count) =>
      `Händelser i andra strömmar som innehåller något om samma person och inte finns här: ${count}.`,
    receiptsUnknown: (count) =>
      `Kvitton som är undertecknade med en nyckel som inte finns här: ${count}.`,
    cosignature: (name) => `En bekräftelse av ${name}: dess nyckel finns inte här.`,
    quorum: (have, wanted) =>
      `Vad tillräckligt många vittnen har sett: ${have} har bekräftat, och liggarens egen policy kräver ${wanted}.`,
    witnessesAreLedgers:
      'Att vittnena är oberoende: av deras nycklar användes bara de som finns i paketet.',
    unsigned: (events) =>
      `Händelser som kom efter kontrollpunkten och som inget bevisar ännu: ${events}.`,
  },
  columns: {
    index: 'Plats',
    verdict: 'Utlåtande',
    type: 'Händelse',
    stream: 'Ström',
    revision: 'Revision',
    recordedAt: 'Noterad',
    id: 'Id',
  },
  envelopes: 'Kuvert',
  signedAt: (index) => `undertecknad på plats ${index}`,
  more: (count) => `och ${count} till`,
  page: {
    title: 'Kontrollera ett bevispaket',
    lead: 'Allt sker på den här sidan. Inget nätverk behövs, och ingenting skickas någonstans.',
    language: 'Språk',
    open: 'Öppna ett paket eller ett raderingskvitto',
    drop: 'Släpp en mapp, en zip-fil eller en kopia av ett raderingskvitto (JSON eller PDF) här, eller välj:',
    chooseFile: 'Fil (zip, JSON, PDF)',
    chooseFolder: 'Mapp',
    compare: 'Jämför med det du har',
    vkeyHint:
      'Liggarens nyckel, fått på annan väg: av den personuppgiftsansvarige, ett avtal, ett vittne.',
    keptLabel: 'Kontrollpunkt som du sparade',
    keptHint: 'Texten i en tidigare kontrollpunkt, om du sparade en.',
    witnessesLabel: 'Vittnen som du litar på',
    witnessesHint: 'Utomstående vittnens nycklar, en per rad, som du har fått av dem själva.',
    quorumLabel: 'Hur många av dem som måste ha bekräftat (alla, om tomt)',
    again: 'Kontrollera igen',
    none: 'Ingenting är öppet.',
    tooOld:
      'Den här webbläsaren kan inte kontrollera Ed25519-underskrifter. Använd en nyare eller verify.mjs.',
    show: 'Visa',
    showAll: 'alla händelser',
    showAmiss: 'bara det som inte är oförändrat',
    previous: 'Föregående',
    next: 'Nästa',
    ownKey:
      'Bara paketets egen nyckel användes. Jämför den med en som du fått på annan väg: av den personuppgiftsansvarige eller ett vittne.',
    count: 'Antal',
    exitCode: 'Slutkod',
    reading: (events) => `Kontrollerar. Händelser hittills: ${events}.`,
    pages: (from, to, of) => `${from}–${to} av ${of}`,
    caption: (of) => `Utlåtande per händelse (${of})`,
  },
};
