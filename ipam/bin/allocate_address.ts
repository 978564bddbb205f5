import { runDriver } from '../runs/run-driver.ts'
import { allocateDriver } from '../wire/drivers.ts'

void runDriver('allocate_address', allocateDriver)
