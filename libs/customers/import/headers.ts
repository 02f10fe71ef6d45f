import type { CustomerField, InvoiceField } from './map.js';

/** Headers that old registers usually have, in Finnish, Swedish and English, folded. */
const CUSTOMER: Readonly<Record<CustomerField, readonly string[]>> = {
  customerNumber: ['asiakasnumero', 'asiakasnro', 'kundnummer', 'kundnr', 'customernumber'],
  firstName: ['etunimi', 'etunimet', 'förnamn', 'firstname', 'givenname'],
  lastName: ['sukunimi', 'efternamn', 'lastname', 'surname', 'familyname'],
  organisationName: ['yrityksennimi', 'organisaationnimi', 'företagsnamn', 'organisationname'],
  businessId: ['ytunnus', 'yritystunnus', 'fonummer', 'organisationsnummer', 'businessid'],
  email: ['sähköposti', 'sähköpostiosoite', 'email', 'epost', 'epostadress', 'emailaddress'],
  phone: ['puhelin', 'puhelinnumero', 'puh', 'telefon', 'telefonnummer', 'phone', 'phonenumber'],
  street: ['katuosoite', 'lähiosoite', 'osoite', 'gatuadress', 'adress', 'street', 'address'],
  postalCode: ['postinumero', 'postinro', 'postnummer', 'postnr', 'postalcode', 'postcode', 'zip'],
  city: ['postitoimipaikka', 'paikkakunta', 'kaupunki', 'postort', 'ort', 'stad', 'city', 'town'],
  region: ['maakunta', 'alue', 'landskap', 'region', 'state', 'province'],
  country: ['maa', 'land', 'country'],
  organisation: ['organisaatio', 'yritys', 'edustaa', 'organisation', 'företag', 'company'],
  title: ['titteli', 'tehtävä', 'titel', 'befattning', 'title', 'jobtitle'],
};

const INVOICE: Readonly<Record<InvoiceField, readonly string[]>> = {
  number: ['laskunumero', 'laskunro', 'fakturanummer', 'invoicenumber', 'invoiceno'],
  date: ['laskupäivä', 'laskunpäivä', 'päiväys', 'fakturadatum', 'datum', 'invoicedate', 'date'],
  dueDate: ['eräpäivä', 'förfallodag', 'förfallodatum', 'duedate'],
  settledOn: ['maksupäivä', 'maksettu', 'betaldatum', 'betald', 'paidon', 'paymentdate'],
  total: ['summa', 'yhteensä', 'loppusumma', 'belopp', 'totalt', 'total', 'amount'],
  currency: ['valuutta', 'valuta', 'currency'],
  buyerName: ['ostaja', 'köpare', 'buyer', 'billingname'],
  street: ['laskutusosoite', 'faktureringsadress', 'billingaddress'],
  postalCode: ['laskutuspostinumero', 'billingpostalcode', 'billingpostcode'],
  city: ['laskutuspostitoimipaikka', 'billingcity'],
  region: ['billingstate', 'billingregion'],
  country: ['laskutusmaa', 'billingcountry'],
};

/** The field that a header names by its usual name; case, spaces and signs do not matter. */
export function recognised(kind: 'customers' | 'invoices', header: string): string | undefined {
  const folded = folding(header);
  const names = kind === 'customers' ? CUSTOMER : INVOICE;
  return Object.entries(names).find(([field, usual]) =>
    [field.toLowerCase(), ...usual].includes(folded),
  )?.[0];
}

/** Headers that name a customer's row where the map names no key column. */
export function isUsualKey(kind: 'customers' | 'invoices', header: string): boolean {
  const key = kind === 'customers' ? 'customerNumber' : 'number';
  return recognised(kind, header) === key;
}

function folding(header: string): string {
  return header
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
