using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Shims.HandlerTests;

/// <summary>What the smallest native program does from its start to the first byte of its answer, as strace writes it down.</summary>
public sealed partial class StartUpTests : IDisposable
{
    /// <summary>From the first look at the connection on, all that is ours; 22 when this was written, and one more since SIGUSR1 is ignored.</summary>
    private const int MostCallsOfOurOwn = 24;

    /// <summary>With the loader and the runtime, but without what is read about the machine or looked for beside the program, which differs; 134 when this was written.</summary>
    private const int MostCalls = 145;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_handler_program_starts_no_thread_but_the_one_that_the_runtime_needs()
    {
        // It finalizes. There is no thread pool, and none for collecting garbage or for signals.
        string[] calls = await TraceAsync("-f");
        Assert.Single(calls, call => CloneCall().IsMatch(call));
    }

    [Fact]
    public async Task A_handler_program_loads_no_library_but_libc_and_libm()
    {
        IEnumerable<string> opened = PathsIn((await TraceAsync()).Where(call => call.StartsWith("openat(", StringComparison.Ordinal) && !call.Contains(" = -1 ", StringComparison.Ordinal)));
        IEnumerable<string> libraries = opened.Where(path => path.Contains(".so", StringComparison.Ordinal) && path != "/etc/ld.so.cache");
        Assert.Equal(["libc.so.6", "libm.so.6"], libraries.Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_loaded_handler_program_looks_for_no_file_beside_it()
    {
        string[] calls = await TraceAsync();
        // The loader does look there with .NET 9, which has no other way to find what a program ships and calls by DllImport. The runtime begins with its signals.
        string[] afterwards = calls[Array.FindIndex(calls, call => call.StartsWith("rt_sigaction(", StringComparison.Ordinal))..];
        Assert.DoesNotContain(afterwards, IsBesideTheProgram);
    }

    [Fact]
    public async Task A_handler_program_starts_without_reading_cultures_time_zones_terminals_or_random_bytes()
    {
        string[] paths = [.. PathsIn(await TraceAsync())];
        Assert.Contains("/dev/null", paths);
        // The runtime takes its seed for hash codes from urandom: what needs one, such as a pool of arrays, does not belong here.
        string[] unwanted = ["icu", "locale", "gconv", "zoneinfo", "localtime", "timezone", "terminfo", "termcap", "urandom", "/dev/tty", "nsswitch", "/etc/passwd"];
        Assert.DoesNotContain(paths, path => unwanted.Any(part => path.Contains(part, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_handler_program_makes_few_system_calls_up_to_the_first_byte_of_its_response()
    {
        string[] calls = [.. WithoutQuestionsAboutTheMachine((await TraceAsync()).Where(call => !IsBesideTheProgram(call)))];
        calls = calls[..(Array.FindIndex(calls, call => call.StartsWith("sendto(", StringComparison.Ordinal)) + 1)];
        string[] own = calls[Array.FindIndex(calls, call => call.StartsWith("fcntl(0, F_GETFD)", StringComparison.Ordinal))..];
        Assert.True(own.Length <= MostCallsOfOurOwn, $"{own.Length} calls of our own:\n{string.Join('\n', own)}");
        Assert.True(calls.Length <= MostCalls, $"{calls.Length} calls:\n{string.Join('\n', calls)}");
    }

    [Fact]
    public async Task The_heap_of_a_handler_program_reserves_little_address_space()
    {
        const long most = 32L << 30;
        long[] sizes = [.. (await TraceAsync()).Select(call => ReservingCall().Match(call)).Where(match => match.Success).Select(match => long.Parse(match.Groups[1].Value))];
        Assert.NotEmpty(sizes);
        Assert.All(sizes, size => Assert.InRange(size, 1, most));
    }

    private static Sample Hello => new("hello", IsNative: true);

    /// <summary>Has it answer one request.</summary>
    /// <returns>The calls of its first thread; with -f of all, each behind the thread's number.</returns>
    private async Task<string[]> TraceAsync(params string[] options)
    {
        Requires.Tools("strace");
        string log = _folder.PathTo("calls");
        Launch launch = Hello.Launch;
        SocketPair pair = SocketPair.Create();
        using var connection = new Connection(pair.Near);
        // There before the program is, so that it never has to wait.
        await connection.SendAsync(ScgiClient.Encode(RequestVariables.For("GET", "/app"), body: []));
        LaunchedProgram program;
        using (Socket far = pair.Far)
            program = Launcher.Start(launch with { Program = Tool.PathOf("strace"), Arguments = [.. options, "-o", log, launch.Program], Input = far.SafeHandle, Output = far.SafeHandle });
        await using LaunchedProgram ended = program;
        Received received = await connection.ReceiveToEndAsync();
        Assert.Equal("Hello, world!\n", received.Reply.Body);
        Assert.Equal(0, (await program.WaitAsync(Patience.Limit)).ExitCode);
        return [.. File.ReadAllLines(log).Where(line => line.Contains('(', StringComparison.Ordinal))];
    }

    private static bool IsBesideTheProgram(string call) =>
        call.Contains(Path.GetDirectoryName(Hello.Launch.Program)!, StringComparison.Ordinal) && !call.StartsWith("execve(", StringComparison.Ordinal);

    private static IEnumerable<string> PathsIn(IEnumerable<string> calls) => calls.Select(call => PathCall().Match(call)).Where(match => match.Success).Select(match => match.Groups[1].Value);

    /// <summary>Without the files of the kernel, from opening to closing each.</summary>
    private static IEnumerable<string> WithoutQuestionsAboutTheMachine(IEnumerable<string> calls)
    {
        string? end = null;
        foreach (string call in calls)
        {
            if (end is not null)
            {
                if (call.StartsWith(end, StringComparison.Ordinal))
                    end = null;
                continue;
            }
            Match question = KernelFileCall().Match(call);
            if (!question.Success)
                yield return call;
            else if (question.Groups[1].Success)
                end = $"close({question.Groups[1].Value})";
        }
    }

    [GeneratedRegex(@"\bclone3?\(")]
    private static partial Regex CloneCall();

    [GeneratedRegex(@"^(?:openat|open|access|newfstatat|stat|readlink|statx)\((?:AT_FDCWD, )?""([^""]+)""")]
    private static partial Regex PathCall();

    /// <summary>The file systems of the kernel are in more than one place where there is a chroot, and the runtime takes the cgroups of the last one.</summary>
    [GeneratedRegex(@"^openat\(AT_FDCWD, ""(?:/[^""]*)?/(?:proc|sys)/.* = (?:(\d+)|-1 .*)$")]
    private static partial Regex KernelFileCall();

    [GeneratedRegex(@"^mmap\(NULL, (\d+), PROT_NONE")]
    private static partial Regex ReservingCall();
}
