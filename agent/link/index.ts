export { bridgeLines, ipLines } from './ip-line.ts'
