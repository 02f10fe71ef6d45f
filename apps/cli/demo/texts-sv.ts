import type { Texts } from './text-form.js';

export const sv: Texts = {
  intro: (folder) => [
    'En integritetsliggare: varje ändring i kundregistret är en händelse som ingen kan ändra utan',
    'att det märks. Ändå kan varje människa raderas: uppgifterna är krypterade med personens egna',
    'nycklar, och vid radering förstörs nycklarna.',
    `Allt här sker på riktigt, i den tillfälliga mappen ${folder}.`,
  ],
  scenes: {
    register: 'Två kunder registreras',
    change: 'Uppgifter ändras',
    order: 'En beställning och en öppen faktura',
    ask: 'Matti ber att bli raderad',
    settle: 'Fakturan betalas',
    law: 'Bokföringslagen behåller verifikat i sex år',
    keys: 'Vad finns kvar av nycklarna?',
    restore: 'Någon lägger tillbaka en gammal kopia av nyckelvalvet',
    replay: 'Vad som hände: hela loggen',
  },
  registered: (name) => `${name} finns i registret.`,
  changed: (name) => `${name}: kontaktuppgifterna ändrade.`,
  shown: (name) => `Registret visar: ${name}`,
  ordered: (total) => `Matti beställer; fakturan på ${total} är öppen.`,
  copied: 'Administratören säkerhetskopierar nyckelvalvet. Vi återkommer till det.',
  asked: (number) => `Begäran får ärendenumret ${number}.`,
  goesNow: (what) => `raderas genast:  ${what}`,
  waits: (what, why) => `väntar:          ${what}: ${why}`,
  gone: (what, receipt) => `Raderat: ${what}. Kvittot är undertecknat: ${receipt}`,
  stillThere: (what) => `Finns kvar: ${what}.`,
  settled: 'Fakturan är betald. Ingen begär något på nytt; raderingen fortsätter av sig själv.',
  clockMoves: (from, to) => `Demonstrationen ställer nu fram sin egen klocka: ${from} -> ${to}.`,
  noMoreCopies: (day) => `Oläsligt i alla kopior senast ${day}.`,
  bytesBefore: (found, of) => `I den gamla kopian finns ${found} av Mattis ${of} nycklar.`,
  bytesAfter: (found, of, files) =>
    `Varje byte i datamappens ${files} filer lästes: ${found} av ${of} nycklar hittades.`,
  notOpened: (events, of) => `Av Mattis krypterade kuvert öppnas ${events} av ${of}.`,
  othersOpen: (name) => `Andras uppgifter öppnas som förut: ${name}`,
  putBack: 'Servern stoppas, det gamla valvet kopieras in, och servern startas.',
  caught: (keys) =>
    `Starten märkte det: ${keys} förstörda nycklar hade kommit tillbaka och förstördes igen ` +
    'innan något lästes.',
  replayIntro: (events, found) =>
    `${events} händelser. Namn och adresser i datamappens filer: ${found}. ` +
    'Inom klammer det som ligger krypterat.',
  removed: 'Den tillfälliga mappen är borttagen.',
  kept: (folder) => `Mappen lämnades kvar: ${folder}`,
  categories: {
    identity: 'identitetsuppgifter',
    contact: 'kontaktuppgifter',
    affiliation: 'företrädd organisation',
    orders: 'beställningar och fakturor',
  },
  holds: {
    invoice: 'öppen faktura',
    law: (until) => `bokföringslagen, till ${until}`,
    other: 'annat hinder',
  },
};
