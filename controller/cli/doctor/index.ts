export { examine } from './examine.ts'
export { diagnosisLayout } from './layout.ts'
