export { createDriverApi, type DriverApi, type DriverApiOptions } from './create-driver-api.ts'
export { driverApiFault, driverApiFaults } from './faults.ts'
export { mustBeFree } from './listen-on.ts'
