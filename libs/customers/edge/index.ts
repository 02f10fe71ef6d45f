import { BansController } from '../bans/edge.js';
import { ContactRoleController } from '../contact-role/edge.js';
import { CustomershipController, MergeCustomersHandler } from '../customership/edge.js';
import {
  AcceptLostKeysHandler,
  ErasureController,
  PreviewErasureHandler,
  RequestErasureHandler,
} from '../erasure/edge.js';
import { ProfileController, RegisterCustomerHandler } from '../profile/edge.js';
import { RestrictionController } from '../restriction/edge.js';
import {
  ReadAsOfHandler,
  ReadCustomerHandler,
  ReadHistoryHandler,
  ReadingController,
  SearchCustomersHandler,
} from '../service/edge.js';
import { ListVouchersHandler, RecordOrderHandler, TradeController } from '../trade/edge.js';
import { ErasureCopyController } from '../views/copy/edge.js';
import { CasesController, ChangeCaseHandler, ReadCaseHandler } from '../views/edge.js';
import { ChangeCustomerHandler, ChangeLinkedCustomersHandler } from './bus.js';

export { ErasureDesk } from '../erasure/edge.js';
export { ErasureCopyDesk } from '../views/copy/edge.js';
export { CaseList } from '../views/edge.js';

/** The HTTP routes of the register. */
export const customerControllers = [
  ProfileController,
  ReadingController,
  TradeController,
  ContactRoleController,
  CustomershipController,
  BansController,
  RestrictionController,
  ErasureController,
  CasesController,
  ErasureCopyController,
];

/** The handlers behind them, for the command and query bus. */
export const customerHandlers = [
  AcceptLostKeysHandler,
  ChangeCaseHandler,
  ChangeCustomerHandler,
  ChangeLinkedCustomersHandler,
  ListVouchersHandler,
  MergeCustomersHandler,
  PreviewErasureHandler,
  ReadAsOfHandler,
  ReadCaseHandler,
  ReadCustomerHandler,
  ReadHistoryHandler,
  RecordOrderHandler,
  RegisterCustomerHandler,
  RequestErasureHandler,
  SearchCustomersHandler,
];
