import { unregisterRange } from '../wire/register.ts'
import { runDriver } from '../wire/run-driver.ts'

void runDriver('unregister_address_range', unregisterRange)
