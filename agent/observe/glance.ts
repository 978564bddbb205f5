import { type Exec, perlProgram } from '../exec/index.ts'
import { fingerprint } from '../host/index.ts'
import type { AskedNamespace } from './read-namespaces.ts'
import { outputOf } from './reading.ts'

/**
 * A digest of what each namespace holds, by name, without starting a program in any of them: some
 * tenths of a millisecond each, so all of a full host can be looked at every time. It says that
 * something changed, not what. Those that cannot be entered are left out. Throws
 * EDGE_KERNEL_UNREADABLE when that fails as a whole.
 */
export async function glanceAt(
  exec: Exec,
  asked: readonly AskedNamespace[],
): Promise<ReadonlyMap<string, string>> {
  if (asked.length === 0) return new Map()
  const words = asked.flatMap(({ name, keys }) => [name, keys.join(' ')])
  const stdout = await outputOf(exec, perlProgram(program, words))
  return new Map(
    stdout.split('\x01').flatMap((part) => {
      const [name = '', digest = ''] = part.split('\0')
      return digest === '' ? [] : [[name, fingerprint(digest)]]
    }),
  )
}

/**
 * Asks the kernel over netlink (rtnetlink(7)) as `ip` does, keeps what does not change by itself, and
 * prints it in hexadecimal. Of nft only the number of the ruleset's generation (NFT_MSG_GETGEN), which
 * grows with every transaction. Names and keys are arguments.
 */
const program = String.raw`
my ($dump, $multi, $interrupted) = (0x301, 2, 0x10);
my ($done, $failed) = (3, 2);

sub ask {
  my ($socket, $type, $flags, $question) = @_;
  my @answer;
  send $socket, pack('LSSLL', 16 + length $question, $type, $flags, 0, 0) . $question, 0 or return;
  while (1) {
    defined recv $socket, my $data, 1 << 17, 0 or return;
    for (my $at = 0; $at + 16 <= length $data;) {
      my ($length, $kind, $its) = unpack 'LSS', substr $data, $at, 8;
      return if $length < 16 || $kind == $failed || $its & $interrupted;
      return \@answer if $kind == $done;
      push @answer, substr $data, $at + 16, $length - 16;
      return \@answer unless $its & $multi;
      $at += ($length + 3) & ~3;
    }
  }
}

# A message's head and those of its attributes: what is left out counts packets or seconds.
sub only {
  my ($head, $kept, @messages) = @_;
  my %kept = map { $_ => 1 } @$kept;
  return map {
    my $text = substr $_, 0, $head;
    for (my $at = $head; $at + 4 <= length;) {
      my ($length, $type) = unpack 'SS', substr $_, $at, 4;
      last if $length < 4;
      $text .= substr $_, $at, $length if $kept{$type};
      $at += ($length + 3) & ~3;
    }
    $text;
  } @messages;
}

sub glance {
  my @keys = @_;
  socket my $route, 16, 3, 0 or return;
  socket my $filter, 16, 3, 12 or return;
  my $links = ask($route, 18, $dump, pack 'x16') or return;
  my $addresses = ask($route, 22, $dump, pack 'x8') or return;
  my $routes = ask($route, 26, $dump, pack 'Cx11', 2) or return;
  my $known = ask($route, 30, $dump, pack 'x12') or return;
  my $proxied = ask($route, 30, $dump, pack 'x10Cx', 8) or return;
  my $generation = ask($filter, 10 << 8 | 16, 1, pack 'x4') or return;
  my @values = map { my $file; open($file, '<', "/proc/sys/$_") ? scalar <$file> : '' } @keys;
  return (
    only(16, [1, 3, 4], @$links), '',
    only(8, [1, 2], @$addresses), '',
    @$routes, '',
    only(12, [1, 2], grep { unpack('x8S', $_) & 0x80 } @$known), '',
    only(12, [1, 2], @$proxied), '',
    only(4, [1], @$generation), '',
    @values);
}

while (my ($name, $keys) = splice @ARGV, 0, 2) {
  print "\1$name\0";
  enter($name) and print unpack 'H*', join "\0", glance(split / /, $keys);
}
`
