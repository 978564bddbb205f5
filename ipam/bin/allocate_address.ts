import { allocateAddress } from '../wire/answers.ts'
import { readRequest } from '../wire/request.ts'
import { runDriver } from '../wire/run-driver.ts'

void runDriver('allocate_address', (argv, input) => allocateAddress(readRequest(argv, input)))
