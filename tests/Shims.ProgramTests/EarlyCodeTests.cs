using System.Runtime.InteropServices;

namespace Shims.ProgramTests;

/// <summary>What runs before the C library and the .NET runtime, looked at in the machine code: it must need neither of them.</summary>
public sealed class EarlyCodeTests : ProgramTest
{
    private const string Entry = "__wrap___libc_start_main";

    // Of the C library. The first three are a few instructions each; the others are called only where BareProcess.IsBare says that the library is there.
    private static readonly string[] s_library =
    [
        "syscall", "__errno_location", "__clone",
        "__clock_gettime", "__faccessat", "__libc_malloc", "__realpath", "getenv",
    ];

    // Of the runtime: what a failed check of bounds or of the stack ends the process with, and a question (may the collector run now?)
    // that is asked after each call into the system and has one answer as long as there is no collector.
    private static readonly string[] s_runtime =
    [
        "S_P_CoreLib_System_ThrowHelper__ThrowArgumentOutOfRangeException", "S_P_CoreLib_System_ThrowHelper__ThrowArgumentOutOfRangeException_0", "S_P_CoreLib_System_ThrowHelper__ThrowIndexOutOfRangeException",
        "RhpFallbackFailFast", "RhpGcPoll",
    ];

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run")]
    public async Task The_early_code_needs_neither_the_runtime_nor_the_C_library(string program)
    {
        IReadOnlyList<string> breaches = (await CodeOfAsync(program)).Breaches(Entry, name => name == "__libc_start_main" || s_library.Contains(name) || s_runtime.Contains(name));
        Assert.True(breaches.Count == 0, string.Join('\n', breaches));
    }

    [Fact]
    public async Task The_analyser_detects_every_forbidden_construct()
    {
        IReadOnlyList<string> breaches = (await CodeOfAsync("scgi-run")).Breaches("Shims_Programs_Shims_Programs_GatewayCommand__Run", static _ => false);
        foreach (string found in (string[])["RhpNewFast called", "RhpNewArray", "RhpThrowEx called", "RhpAssignRef", "RhpCheckedAssignRef", "RhpPInvoke called", "an indirect call", "thread-local data", "data that is not there yet"])
            Assert.True(breaches.Any(breach => breach.StartsWith(found, StringComparison.Ordinal)), $"{found}: not found");
    }

    [Fact]
    public async Task The_early_code_of_a_usual_request_lies_side_by_side_in_the_file()
    {
        Assert.SkipUnless(RuntimeInformation.OSArchitecture == Architecture.X64, "elsewhere it runs after the C library");
        Requires.Tools("nm");
        const int most = 65536; // As much as the kernel maps around a page that is touched.
        HashSet<string> names = [.. File.ReadLines(Repository.PathTo("src/Early/early-order.txt")).Where(name => name.Contains("Shims_", StringComparison.Ordinal))]; // the C library's are the linker's to place
        string symbols = await Command.RunAsync("nm", [Repository.PathTo("artifacts/publish/scgi-run/scgi-run")]);
        ulong[] addresses = [.. symbols.Split('\n').Select(line => line.Split(' ')).Where(line => line.Length == 3 && names.Contains(line[2])).Select(line => Convert.ToUInt64(line[0], 16)).Order()];
        Assert.True(addresses.Length > names.Count / 2, $"{addresses.Length} of {names.Count} functions in src/Early/early-order.txt are there: run scripts/early-order");
        Assert.True(addresses[^1] - addresses[0] < most, $"they are spread over {addresses[^1] - addresses[0]} bytes, {most} at most");
    }

    [Fact]
    public async Task Only_signals_that_are_ignored_are_reset()
    {
        Assert.SkipUnless(RuntimeInformation.OSArchitecture == Architecture.X64, "elsewhere the C library and the runtime set theirs before");
        Requires.Tools("strace");
        string[] calls = await CallsBeforeTheScriptAsync(RunModeUnderTest.Plain, Folder.PathTo("trace"));
        Assert.Contains(calls, call => call.Contains("\"/proc/self/status\"", StringComparison.Ordinal));
        // glibc's posix_spawn, which has started the program, leaves two ignored that it keeps for itself.
        Assert.InRange(calls.Count(call => call.StartsWith("rt_sigaction(", StringComparison.Ordinal)), 0, 2);
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.FastCgi)]
    public async Task A_usual_request_is_answered_without_starting_the_C_library(RunModeUnderTest mode)
    {
        Assert.SkipUnless(RuntimeInformation.OSArchitecture == Architecture.X64, "elsewhere it runs after the C library");
        Requires.Tools("strace");
        // The second wait is the one for the script, of 20 ms. It is entered later, so that other programs may keep the script off the processors.
        string[] calls = await CallsBeforeTheScriptAsync(mode, Folder.PathTo("trace"), "-e", "inject=ppoll:delay_enter=2s:when=2");
        Assert.Contains(calls, call => call.StartsWith("recvfrom(", StringComparison.Ordinal));
        // The library's first act is to ask where its heap may begin.
        Assert.DoesNotContain(calls, call => call.StartsWith("brk(", StringComparison.Ordinal));
    }

    private async Task<string[]> CallsBeforeTheScriptAsync(RunModeUnderTest mode, string trace, params string[] injection)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\n\nserved'");
        var invocation = new Invocation(mode, script)
        {
            Adjust = launch => launch with { Program = Tool.PathOf("strace"), Arguments = ["-o", trace, .. injection, launch.Program, .. launch.Arguments] },
        };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer.Body == "served", answer.ToString());
        // After a second execve it is the script's.
        return [.. File.ReadAllLines(trace).Skip(1).TakeWhile(line => !line.StartsWith("execve(", StringComparison.Ordinal))];
    }

    private static async Task<MachineCode> CodeOfAsync(string program)
    {
        Assert.SkipUnless(RuntimeInformation.OSArchitecture == Architecture.X64, "elsewhere it runs after the C library");
        Requires.Tools("objdump");
        string path = Repository.PathTo($"artifacts/publish/{program}/{program}");
        Assert.True(File.Exists(path), $"{path}, with its symbols, has not been built: run make");
        return await MachineCode.OfAsync(path);
    }
}
