export { type Controller, type ControllerTools, startController } from './controller.ts'
