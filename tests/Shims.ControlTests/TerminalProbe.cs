using Shims.Control.Processes;
using Shims.Testing;

namespace Shims.ControlTests;

/// <summary>A script that tries to reach the terminal of the user who started it, and reports the result.</summary>
internal static class TerminalProbe
{
    /// <summary>The report of a script that has not reached it.</summary>
    internal const string Nothing = "leads a session\nNoNewPrivs:\t1\n";

    /// <summary>The script, in Python.</summary>
    /// <param name="file">The file for its report.</param>
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

    /// <summary>Runs a command on a terminal, and returns everything that is written to the terminal.</summary>
    internal static Task<LaunchResult> RunOnTerminalAsync(IReadOnlyList<string> command) => Launcher.RunAsync(
        new Launch { Program = Tool.PathOf("script"), Arguments = ["-qec", ShellWords.Join(command), "/dev/null"], Folder = "/" }.WithEnvironment("TERM=dumb", "LANG=C.UTF-8"));
}
