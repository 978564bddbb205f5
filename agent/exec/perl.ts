/**
 * A fixed program for perl with data as arguments, which enters one namespace after the other by itself:
 * a program started in each by nsenter and a shell costs more than what is done there. Perl is part of
 * every Debian and Ubuntu (perl-base); no module is used.
 */
export function perlProgram(text: string, data: readonly string[] = []): readonly string[] {
  return ['perl', '-e', `${prelude}${text}`, setnsNumbers[process.arch] ?? 'unknown', ...data]
}

/** System call numbers of setns(2): neither Node nor perl knows it by name. */
const setnsNumbers: Readonly<Partial<Record<NodeJS.Architecture, string>>> = {
  x64: '308',
  arm64: '268',
}

/**
 * `enter` says on stderr what hinders it; `feed` gives a program its stdin through a pipe. What they
 * print is in order with what those programs print.
 */
const prelude = String.raw`
use strict;
$| = 1;
my $setns = shift;
sub enter {
  my ($name) = @_;
  my $space;
  open $space, '<', "/run/netns/$name" or return complain("cannot open /run/netns/$name: $!");
  syscall($setns + 0, fileno $space, 0x40000000) == 0 or return complain("cannot enter $name: $!");
  return 1;
}
sub feed {
  my ($text, @program) = @_;
  my $in;
  open $in, '|-', @program or return complain("$program[0] cannot be started: $!");
  local $SIG{PIPE} = 'IGNORE';
  print $in $text;
  return close $in;
}
sub complain {
  print STDERR "$_[0]\n";
  return 0;
}
`
