import { NoticeController } from '../notice/edge.js';
import { RegisterController } from '../register-definition/edge.js';

export { NoticeBoard } from '../notice/edge.js';
export { DeclaredRegister } from '../register-definition/edge.js';

/** The HTTP routes of what the controller has declared. */
export const accountabilityControllers = [NoticeController, RegisterController];
