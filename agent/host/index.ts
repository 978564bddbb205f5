export * from './marks.ts'
export * from './observed.ts'
