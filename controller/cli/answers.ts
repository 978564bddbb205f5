/** What the API answers, as commands read it. */
export type * from './answers/adoption.ts'
export type * from './answers/documents.ts'
export type * from './answers/drivers.ts'
export type * from './answers/hosts.ts'
export type * from './answers/leaks.ts'
export type * from './answers/log.ts'
export type * from './answers/prices.ts'
