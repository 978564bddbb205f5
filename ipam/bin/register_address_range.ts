import { registerRange } from '../wire/register.ts'
import { runDriver } from '../wire/run-driver.ts'

void runDriver('register_address_range', registerRange)
