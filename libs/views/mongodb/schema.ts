import type { Document } from 'mongodb';

import type { Position } from '#kernel';

import type { Build, Index } from '../port.js';

/** The part of the ledger that this database is, as in `Outage`. */
export const PART = 'views';
export const FORMAT = 1;

/** Names of the collections beside those of documents. */
export const ROWS = { views: 'views', counters: 'counters' } as const;

/** Which build's documents a collection holds, by its name. */
export const DOCUMENTS = /^docs_(\d+)$/;

export function documentsOf(build: number): string {
  return `docs_${build}`;
}

/** A build as its view has it. */
export interface BuildRow extends Omit<Build, 'view'> {
  readonly indexes: readonly Index[];
  /** Whether the indexes are there; of a build that is being filled they are made in the end. */
  readonly indexed: boolean;
}

/** All builds of a view, in one document: a change of them is one step for everybody. */
export interface ViewRow {
  /** Name of the view. */
  readonly _id: string;
  /** The latest under which it was written. */
  readonly epoch: number;
  /** Number of the newest build there ever was. */
  readonly newest: number;
  /** Oldest first. */
  readonly builds: readonly BuildRow[];
}

export interface CounterRow {
  readonly _id: string;
  readonly value: number;
}

/** A document, or what a dropped one leaves for the guard. */
export interface DocumentRow {
  readonly _id: string;
  /** Position of the last event folded into it, or that dropped it. */
  readonly position: Position;
  /** Of the lease under which it was written: the collection takes none that was overtaken. */
  readonly epoch: number;
  readonly alive: boolean;
  /** The document, with its names as {@link storedDocument} writes them. */
  readonly doc?: Document;
}

/** Field of a document within its row. */
export function storedField(field: string): string {
  return `doc.${field}`;
}
