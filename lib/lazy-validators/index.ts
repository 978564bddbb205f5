export { lazyValidators } from './lazy-validators.ts'
