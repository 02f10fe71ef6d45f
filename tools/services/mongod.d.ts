/** The path of mongod, fetched once. @param folder where it is kept */
export function mongodAt(folder: string): string;
