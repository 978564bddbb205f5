export { linkNamed } from './find.ts'
export * from './marks.ts'
export * from './observed.ts'
