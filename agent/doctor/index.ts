export { type DoctorMeans, diagnose } from './doctor.ts'
export { exitCodeOf, type Report, reportText } from './report.ts'
export type { Question } from './target.ts'
