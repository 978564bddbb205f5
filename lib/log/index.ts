export { createLogger, type LogFields, type Logger, type LogOptions, silent } from './logger.ts'
export { keepSecret, scrub } from './secrets.ts'
