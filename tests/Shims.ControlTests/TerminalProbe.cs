using Shims.Control.Processes;
using Shims.Testing;

namespace Shims.ControlTests;

/// <summary>A script that looks for a way to the terminal of the user who has it run, and tells what it has found.</summary>
internal static class TerminalProbe
{
    /// <summary>The words of one that has found none.</summary>
    internal const string Nothing = "leads a session\nNoNewPrivs:\t1\n";

    /// <summary>Python.</summary>
    /// <param name="file">Where it tells.</param>
    internal static string Source(string file) => $"""
        #!/usr/bin/python3
        import fcntl, os, termios
        told = ''
        try:
            terminal = os.open('/dev/tty', os.O_RDWR)
            told += 'opened the terminal\n'
            for character in b'touch pwned\n':
                fcntl.ioctl(terminal, termios.TIOCSTI, bytes([character]))
            told += 'typed\n'
        except OSError:
            pass
        told += ''.join('has a terminal as descriptor %d\n' % number for number in (0, 1, 2) if os.isatty(number))
        told += 'leads a session\n' if os.getsid(0) == os.getpid() else 'is in the session of %d\n' % os.getsid(0)
        told += [line for line in open('/proc/self/status') if line.startswith('NoNewPrivs')][0]
        with open('{file}', 'w') as out:
            out.write(told)
        print('Content-Type: text/plain\n\n\x1b[31mred\u202e')
        """;

    /// <summary>Runs a command on a terminal, as somebody who sits there would, and returns what the terminal is told.</summary>
    internal static Task<LaunchResult> RunOnTerminalAsync(IReadOnlyList<string> command) => Launcher.RunAsync(
        new Launch { Program = Tool.PathOf("script"), Arguments = ["-qec", ShellWords.Join(command), "/dev/null"], Folder = "/" }.WithEnvironment("TERM=dumb", "LANG=C.UTF-8"));
}
