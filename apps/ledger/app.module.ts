import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';

import { accountabilityControllers, DeclaredRegister, NoticeBoard } from '#accountability/edge';
import {
  CustomerCommands,
  CustomerHistory,
  CustomerReading,
  CustomersAsOf,
  CustomerSearch,
} from '#customers';
import {
  CaseList,
  customerControllers,
  customerHandlers,
  ErasureCopyDesk,
  ErasureDesk,
} from '#customers/edge';
import { AuditDesk, evidenceControllers, EvidenceDesk } from '#evidence/edge';
import { AccessGuard, Cursors, EdgePorts, Freshness, InputPipe, ProblemFilter } from '#edge';

import type { Ledger, Processes } from '../composition/index.js';
import type { ServerLog } from './log.js';
import {
  CatalogueController,
  KeysController,
  OpenLedger,
  TokensController,
  ViewsController,
} from './operations.js';
import {
  LedgerAuditDesk,
  LedgerCaseList,
  LedgerDeclarations,
  LedgerErasureCopyDesk,
  LedgerErasureDesk,
  LedgerEvidenceDesk,
  LedgerFreshness,
  LedgerNotices,
  LedgerPorts,
} from './ports.js';
import type { Readiness } from './readiness.js';

/** What the application stands on. */
export interface Standing {
  readonly ledger: Ledger;
  readonly processes: Processes;
  readonly readiness: Readiness;
  readonly log: ServerLog;
  /** 32 bytes that seal cursors. */
  readonly cursorKey: Buffer;
}

/** The application over an open ledger: routes, handlers, and the ports they ask. */
@Module({})
export class AppModule {
  static over(standing: Standing): DynamicModule {
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot()],
      controllers: [
        ...customerControllers,
        ...accountabilityControllers,
        ...evidenceControllers,
        CatalogueController,
        TokensController,
        ViewsController,
        KeysController,
      ],
      providers: [...portsOf(standing), ...customerHandlers, ...EDGE],
    };
  }
}

const EDGE: Provider[] = [
  { provide: APP_GUARD, useClass: AccessGuard },
  { provide: APP_PIPE, useClass: InputPipe },
  { provide: APP_FILTER, useClass: ProblemFilter },
];

function portsOf({ ledger, processes, readiness, log, cursorKey }: Standing): Provider[] {
  const open: OpenLedger = { ledger };
  return [
    { provide: OpenLedger, useValue: open },
    { provide: EdgePorts, useValue: new LedgerPorts(ledger, readiness, log) },
    { provide: Freshness, useValue: new LedgerFreshness(ledger, processes) },
    { provide: ErasureDesk, useValue: new LedgerErasureDesk(ledger) },
    { provide: ErasureCopyDesk, useValue: new LedgerErasureCopyDesk(ledger) },
    { provide: EvidenceDesk, useValue: new LedgerEvidenceDesk(ledger) },
    { provide: AuditDesk, useValue: new LedgerAuditDesk(ledger) },
    { provide: CaseList, useValue: new LedgerCaseList(ledger) },
    { provide: DeclaredRegister, useValue: new LedgerDeclarations(ledger) },
    { provide: NoticeBoard, useValue: new LedgerNotices(ledger) },
    { provide: Cursors, useValue: new Cursors(cursorKey) },
    { provide: CustomerCommands, useValue: ledger.commands },
    { provide: CustomerReading, useValue: ledger.reading },
    { provide: CustomerSearch, useValue: ledger.search },
    { provide: CustomerHistory, useValue: ledger.history },
    { provide: CustomersAsOf, useValue: ledger.asOf },
  ];
}
