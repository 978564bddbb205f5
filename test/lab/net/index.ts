export { askPeer } from './ask.ts'
export { inNamespace } from './namespace.ts'
export { echoPort, type Outside, outsideAddress, startOutside } from './outside.ts'
export { type Delivery, frontEnd } from './public-segment.ts'
