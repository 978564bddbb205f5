export type * from './flexible-ips.ts'
