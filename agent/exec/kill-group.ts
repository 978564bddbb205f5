/** Ends a process and all that it started and that did not leave its group. */
export function killGroup(pid: number | null | undefined): void {
  if (pid === undefined || pid === null) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
