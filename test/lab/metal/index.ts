export { createHypervisor, type MetalHypervisor } from './hypervisor.ts'
export { createMetal, type Metal, type MetalOptions } from './metal.ts'
export { waitForSsh } from './ssh-answers.ts'
