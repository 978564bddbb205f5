export { type DriverName, ipamActions } from './actions.ts'
export { allocateAddress, getAddress, rangeAnswer } from './answers.ts'
export { askController } from './ask-controller.ts'
export type {
  AskController,
  ControllerAnswer,
  Driver,
  DriverAnswer,
  DriverCall,
  Outcome,
} from './driver.ts'
export { drivers } from './drivers.ts'
export { ipamFault, ipamFaults } from './faults.ts'
export { type Performed, perform } from './perform.ts'
export { registrable } from './registrable.ts'
export { type DriverRequest, readNetworkId, readRequest } from './request.ts'
export { logPath, socketPath } from './settings.ts'
