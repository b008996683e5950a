using System.Text;
using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.Programs;

/// <summary>Options of the programs that people come from: those of fcgiwrap that mean nothing here, and those of fcgiwrap and spawn-fcgi by which a program listens.</summary>
internal static class ForeignOptions
{
    /// <summary>fcgiwrap's: error output to the web server, which Debian's service asks for, and the number of processes.</summary>
    private const string Flag = "-f", Processes = "-c";

    /// <summary>The letters of those by which a program listens; the second ones take no value.</summary>
    private const string Listening = "sapugUGMFCPbS", ListeningAlone = "dn";

    /// <summary>Those that are taken and do nothing; true for those that have a value after them.</summary>
    internal static IReadOnlyDictionary<string, bool> Accepted { get; } = new Dictionary<string, bool> { [Flag] = false, [Processes] = true };

    /// <summary>True if the word after the option belongs to it.</summary>
    internal static bool TakesValue(string option) => option == Processes || (option is ['-', var letter] && Listening.Contains(letter, StringComparison.Ordinal));

    /// <summary>Takes out what means nothing here.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="options">The command line before TARGET.</param>
    /// <param name="takesValue">True if the word after an option belongs to it.</param>
    /// <param name="note">A line to log; null if there was no such option.</param>
    /// <exception cref="ShimException">The program is told to listen.</exception>
    internal static string[] Remove(string program, string[] options, Predicate<string> takesValue, out string? note)
    {
        var kept = new List<string>();
        note = null;
        for (int i = 0; i < options.Length; i++)
        {
            string word = options[i];
            string? value = takesValue(word) && i + 1 < options.Length ? options[++i] : null;
            if (word is Flag or Processes)
            {
                note = "the options -f and -c of fcgiwrap do nothing here and can be left out: error output goes where --stderr says, and --max says how many scripts may run";
                continue;
            }
            if (word is ['-', var letter] && (Listening + ListeningAlone).Contains(letter, StringComparison.Ordinal))
                throw ToListen(program, word, value);
            kept.Add(word);
            if (value is not null)
                kept.Add(value);
        }
        return [.. kept];
    }

    private static ShimException ToListen(string program, string option, string? value)
    {
        string address = option == "-s" && value is not null ? AddressOf(value) : ToPath("/run/shims/cgi.sock");
        return new ShimException(ExitCode.Usage, $"unknown option {option}: {program} listens by itself only with {OwnAddress.Option}, in a container",
            $"write spawn-fcgi -u www-data {address} -- {program} TARGET, or let inetd or systemd listen: shimctl config writes what they need");
    }

    /// <summary>fcgiwrap's unix:/PATH and tcp:ADDRESS:PORT as spawn-fcgi wants them.</summary>
    private static string AddressOf(string value)
    {
        string address = PrintableText.Of(Encoding.UTF8.GetBytes(value.Length > 100 ? value[..100] : value));
        int first = address.IndexOf(':', StringComparison.Ordinal), last = address.LastIndexOf(':');
        return address.StartsWith("tcp", StringComparison.Ordinal) && first < last
            ? $"-a {address[(first + 1)..last]} -p {address[(last + 1)..]}"
            : ToPath(address.StartsWith("unix:", StringComparison.Ordinal) ? address["unix:".Length..] : address);
    }

    /// <summary>A request names the script to run, so the socket is the web server's alone.</summary>
    private static string ToPath(string path) => $"-U www-data -M 0600 -s {path}";
}
