import type { CopyWords } from './words.js';

export const sv: CopyWords = {
  results: {
    good: 'Det här raderingskvittot är det som liggaren undertecknade.',
    refused: 'Det här kunde inte kontrolleras så som begärdes.',
    ALTERED: 'Raderingskvittots händelse har ändrats.',
    unproven: 'En underskrift eller ett bevis är fel: den här kopian går inte att lita på.',
    keptDiffers: 'Det här hör inte till historiken för den kontrollpunkt som du sparade.',
  },
  refusals: {
    'no-copy': 'Det här är ingen kopia av ett raderingskvitto, eller så är versionen okänd.',
    'no-attachment':
      'Den här PDF-filen har ingen kopia av ett raderingskvitto som bilaga, eller så kan den inte läsas.',
  },
  kept: {
    agrees: 'Kontrollpunkten är densamma som du sparade.',
    differs: 'Kontrollpunkten är en annan än den som du sparade.',
    shorter: 'Kontrollpunkten är äldre än den som du sparade: be om en ny kopia.',
    'not-comparable':
      'Det går inte att jämföra med den kontrollpunkt som du sparade: storlekarna är olika. Till det ' +
      'behövs ett bevispaket som gjorts med --kept.',
  },
  heading: 'Raderingskvitto',
  facts: {
    case: 'Ärendenummer',
    erasedAt: 'Noterad',
    event: 'Händelse',
    index: 'Plats i liggaren',
    madeAt: 'Kopian gjord',
    since: 'Går inte att läsa i systemet sedan',
    copiesDay: 'Går inte att öppna ur någon kopia efter den här dagen',
    keys: 'Förstörda nycklar',
    kept: 'Delar som sparas',
  },
  shown: {
    signedGiven: 'Kopian och kontrollpunkten är undertecknade med den nyckel som du gav.',
    signedOwn: 'Kopian och kontrollpunkten är undertecknade med den nyckel som kopian själv anger.',
    receipt: 'Kvittots egen underskrift är liggarens.',
    event:
      'Händelsen är, byte för byte, den som finns i liggaren: dess bevis leder till den undertecknade roten.',
    day: (day) => `Liggaren har utlovat att ingen kopia går att öppna efter utgången av ${day}.`,
    copies: {
      awaited: 'Löftet är ännu inte bekräftat.',
      confirmed: 'Löftet är bekräftat.',
      overdue: 'Dagen hade gått när kopian gjordes, och löftet var inte bekräftat.',
    },
    retirements: (count) =>
      `Händelser genom vilka kopiornas nycklar har förstörts och som finns i liggaren: ${count}.`,
    destroyed:
      'Uppgifterna är pseudonymiserade, nycklarna förstörda: det har liggaren undertecknat.',
  },
  amiss: {
    signatureWrong: 'Kontrollpunktens underskrift är fel.',
    signatureMissing: 'Kontrollpunkten är inte undertecknad med den här nyckeln.',
    statement: 'Kopian är inte undertecknad med den här nyckeln, eller så har den ändrats.',
    receipt: 'Kvittots egen underskrift är fel.',
    told: 'Det läsbara kvittot säger något annat än händelsen.',
    altered: 'Händelsen är en annan än den som undertecknades i liggaren.',
    proof: 'Händelsens bevis leder inte till någon undertecknad rot.',
    retirements: (count) =>
      `Förstörda nycklar till kopior vilkas bevis inte leder till någon undertecknad rot: ${count}.`,
  },
  notShown: {
    keyIsLedgers:
      'Att nyckeln är liggarens: bara kopians egen nyckel användes. Jämför nyckeln (vkey) ovan med en ' +
      'som du fått på annan väg, av den personuppgiftsansvarige eller ett vittne.',
    pages: 'Vad som står på PDF-filens sidor: bara bilagan är undertecknad och kontrollerad.',
    keyIsGone:
      'Att nyckeln är borta: ingen kan bevisa att något inte finns. Liggaren svarar för sitt ord.',
    copiesLater:
      'Att kopior inte går att öppna: be efter den utlovade dagen om en ny kopia av kvittot, med bekräftelsen.',
    receiptUnknown: 'Kvittots egen underskrift: dess nyckel finns inte här.',
    witnessesAreLedgers:
      'Att vittnena är oberoende: bara de av deras nycklar som kopian själv anger användes.',
    noKept: 'Att andra har visats samma historik: ingen sparad kontrollpunkt gavs.',
    theirs: 'Vem kvittot gäller: det har inget namn. Ärendenumret förenar det med begäran.',
    else: 'Att det inte finns annat om samma person, som aldrig noterades eller som finns på annat håll.',
  },
};
